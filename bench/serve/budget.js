/** @param {number} bound */
export function atLeast(bound) {
  return { text: `>= ${bound}`, isMetBy: (figure) => figure >= bound }
}

/** @param {number} bound */
export function atMost(bound) {
  return { text: `<= ${bound}`, isMetBy: (figure) => figure <= bound }
}
