/**
 * What a figure must not pass, in words and as a test.
 *
 * @typedef {{ readonly text: string, isMetBy(figure: number): boolean }} Bound
 */

/**
 * @param {number} bound
 * @returns {Bound}
 */
export function atLeast(bound) {
  return { text: `>= ${bound}`, isMetBy: (figure) => figure >= bound }
}

/**
 * @param {number} bound
 * @returns {Bound}
 */
export function atMost(bound) {
  return { text: `<= ${bound}`, isMetBy: (figure) => figure <= bound }
}

/**
 * @param {Bound | undefined} bound
 * @param {number} figure
 * @returns {import('./types.js').Verdict}
 */
export function verdictOf(bound, figure) {
  if (bound === undefined) return 'reported only'
  return bound.isMetBy(figure) ? 'met' : 'missed'
}
