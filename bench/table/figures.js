import { summarize } from '../harness/statistics.js'

/**
 * @param {readonly number[]} rounds
 * @returns {import('./types.js').Figures}
 */
export function figuresOf(rounds) {
  return { ...summarize(rounds), rounds }
}
