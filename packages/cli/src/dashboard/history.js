import { emptyHistogram, plus, since } from './quantile.js'

/**
 * What one route, or all of them together, had counted at one moment.
 *
 * @typedef {object} Counts
 * @property {number} requests
 * @property {number} batches
 * @property {number} items
 * @property {number} fulfilled
 * @property {number} rejected
 * @property {number} aborted
 * @property {number} refused
 * @property {number} queued
 * @property {number} waiting
 * @property {number} active
 * @property {number} slots
 * @property {number} maxQueueSize
 * @property {Record<string, number>} reasons
 * @property {Record<string, number>} answers
 * @property {import('./quantile.js').Histogram} batchSize
 * @property {import('./quantile.js').Histogram} latency
 * @property {import('./quantile.js').Histogram} queueTime
 * @property {import('./quantile.js').Histogram} batchDuration
 */

/** @typedef {{ time: number, snapshot: any }} Sample */

const summed = /** @type {const} */ ([
  'requests',
  'batches',
  'items',
  'fulfilled',
  'rejected',
  'aborted',
  'refused',
  'queued',
  'waiting',
  'active',
  'slots',
])
const tables = /** @type {const} */ (['reasons', 'answers'])
const histograms = /** @type {const} */ (['batchSize', 'latency', 'queueTime', 'batchDuration'])

/** Milliseconds that are kept. */
export const span = 300_000

/** What was heard in the last minutes. Begins anew when the service does. */
export class History {
  /** @type {Sample[]} */
  #samples = []

  /**
   * @param {any} snapshot
   * @param {number} time milliseconds
   */
  push(snapshot, time) {
    const last = this.#samples.at(-1)
    if (last?.snapshot.instance !== snapshot.instance) this.#samples = []
    this.#samples.push({ time, snapshot })
    while ((this.#samples[0]?.time ?? time) < time - span) this.#samples.shift()
  }

  /** @returns {readonly Sample[]} */
  get samples() {
    return this.#samples
  }

  get last() {
    return this.#samples.at(-1)
  }

  /**
   * What was counted in the last so many milliseconds; since the start if there is no such number.
   *
   * @param {string} route all of them if it is empty
   * @param {number} [duration]
   * @returns {Counts}
   */
  counted(route, duration) {
    const now = countsOf(this.last?.snapshot, route)
    if (duration === undefined) return now
    const from = (this.last?.time ?? 0) - duration
    const first = this.#samples.find(({ time }) => time >= from)
    return difference(now, countsOf(first?.snapshot, route))
  }
}

/** What was added up already, by snapshot and route. @type {WeakMap<object, Map<string, Counts>>} */
const known = new WeakMap()

/**
 * @param {any} snapshot
 * @param {string} route
 * @returns {Counts}
 */
export function countsOf(snapshot, route) {
  if (snapshot === undefined) return none()
  const ofSnapshot = known.get(snapshot) ?? new Map()
  known.set(snapshot, ofSnapshot)
  const counts = ofSnapshot.get(route) ?? addUp(snapshot, route)
  ofSnapshot.set(route, counts)
  return counts
}

/**
 * @param {any} snapshot
 * @param {string} route
 * @returns {Counts}
 */
function addUp(snapshot, route) {
  const routes = Object.entries(snapshot.routes)
  const chosen = route === '' ? routes : routes.filter(([name]) => name === route)
  return chosen.map(([, counts]) => counts).reduce(together, none())
}

/**
 * What came from one moment to another. What does not grow is as it is now.
 *
 * @param {Counts} now
 * @param {Counts} before
 * @returns {Counts}
 */
export function difference(now, before) {
  const result = { ...now }
  for (const name of summed.slice(0, 7)) result[name] = Math.max(0, now[name] - before[name])
  for (const name of tables)
    result[name] = merge(now[name], before[name], (a, b) => Math.max(0, a - b))
  for (const name of histograms) result[name] = since(now[name], before[name])
  return result
}

/**
 * @param {Counts} left
 * @param {any} right
 * @returns {Counts}
 */
function together(left, right) {
  const result = { ...left, maxQueueSize: left.maxQueueSize + (right.maxQueueSize ?? Infinity) }
  for (const name of summed) result[name] = left[name] + (right[name] ?? 0)
  for (const name of tables) result[name] = merge(left[name], right[name], (a, b) => a + b)
  for (const name of histograms) result[name] = plus(left[name], right[name])
  return result
}

/**
 * @param {Record<string, number>} left
 * @param {Record<string, number>} right
 * @param {(left: number, right: number) => number} by
 * @returns {Record<string, number>}
 */
function merge(left, right, by) {
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return Object.fromEntries([...names].map((name) => [name, by(left[name] ?? 0, right[name] ?? 0)]))
}

/** @returns {Counts} */
function none() {
  const numbers = Object.fromEntries(summed.map((name) => [name, 0]))
  const empty = Object.fromEntries(histograms.map((name) => [name, emptyHistogram]))
  return /** @type {any} */ ({ ...numbers, maxQueueSize: 0, reasons: {}, answers: {}, ...empty })
}
