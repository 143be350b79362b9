import { formatCount } from './numbers.js'

/** Milliseconds that are looked at. */
export const healthSpan = 30_000

/** @typedef {{ level: 'good' | 'warn' | 'bad' | 'idle', word: string, detail: string }} Health */

/**
 * How the service is, in a word and a sentence.
 *
 * @param {string} state of the service
 * @param {import('./history.js').Counts} counts of the last half minute
 * @returns {Health}
 */
export function healthOf(state, counts) {
  if (state === 'starting') {
    return { level: 'warn', word: 'Starting', detail: 'The routes are warming up.' }
  }
  if (state === 'closing') {
    return {
      level: 'warn',
      word: 'Stopping',
      detail: 'What came is answered, nothing more is taken.',
    }
  }
  const answered = sum(counts.answers, () => true)
  const failed = sum(counts.answers, (status) => status >= 500 && status !== 503)
  const refused = sum(counts.answers, (status) => status === 503)
  if (failed > 0) {
    const detail = `${of(failed, answered)} failed in the last 30 s.`
    return failed * 2 >= answered
      ? { level: 'bad', word: 'Failing', detail }
      : { level: 'warn', word: 'Some fail', detail }
  }
  if (refused > 0) {
    return {
      level: 'warn',
      word: 'Overloaded',
      detail: `${of(refused, answered)} were refused in the last 30 s.`,
    }
  }
  if (counts.queued + counts.waiting >= 0.8 * counts.maxQueueSize && counts.maxQueueSize > 0) {
    return { level: 'warn', word: 'Crowded', detail: 'The queue is nearly full.' }
  }
  if (counts.requests === 0) {
    return { level: 'good', word: 'Healthy', detail: 'No requests in the last 30 s.' }
  }
  return {
    level: 'good',
    word: 'Healthy',
    detail: `${formatCount(counts.requests)} requests in the last 30 s, none failed.`,
  }
}

/**
 * @param {Record<string, number>} answers
 * @param {(status: number) => boolean} fits
 */
function sum(answers, fits) {
  return Object.entries(answers)
    .filter(([status]) => fits(Number(status)))
    .reduce((total, [, count]) => total + count, 0)
}

/**
 * @param {number} part
 * @param {number} whole
 */
function of(part, whole) {
  return `${formatCount(part)} of ${formatCount(whole)} items`
}
