import { add } from './chart.js'
import { formatCount, formatDuration, formatNumber } from './numbers.js'
import { mean, quantile } from './quantile.js'

/** Milliseconds that rates are taken over. */
export const rateSpan = 5000

/** @typedef {import('./history.js').Counts} Counts */
/** @typedef {{ now: Counts, lately: Counts, seconds: number }} Glance */

/** @type {readonly (readonly [key: string, title: string, value: (glance: Glance) => string, more: (glance: Glance) => string])[]} */
const tiles = [
  [
    'requests',
    'Requests',
    ({ lately, seconds }) => perSecond(lately.requests, seconds),
    ({ now }) => `a second; ${formatCount(now.requests)} in all`,
  ],
  [
    'batches',
    'Batches',
    ({ lately, seconds }) => perSecond(lately.batches, seconds),
    ({ now }) => `a second; ${formatCount(now.batches)} in all`,
  ],
  [
    'size',
    'Items a batch',
    ({ lately, now }) => formatNumber(mean(lately.batchSize) ?? mean(now.batchSize)),
    ({ now }) => `on average; ${formatNumber(mean(now.batchSize))} since start`,
  ],
  [
    'latency',
    'Latency',
    ({ lately, now }) =>
      formatDuration(quantile(lately.latency, 0.5) ?? quantile(now.latency, 0.5)),
    ({ lately, now }) =>
      `median; p99 ${formatDuration(quantile(lately.latency, 0.99) ?? quantile(now.latency, 0.99))}`,
  ],
  [
    'queue',
    'Waiting',
    ({ now }) => formatCount(now.queued + now.waiting),
    ({ now }) =>
      Number.isFinite(now.maxQueueSize)
        ? `of ${formatCount(now.maxQueueSize)} that may`
        : 'without a bound',
  ],
  [
    'slots',
    'Slots in use',
    ({ now }) => formatCount(now.active),
    ({ now }) => `of ${formatCount(now.slots)}`,
  ],
  [
    'rejected',
    'Failed',
    ({ now }) => formatCount(now.rejected),
    ({ now }) => share(now.rejected, now.requests),
  ],
  [
    'refused',
    'Refused',
    ({ now }) => formatCount(now.refused),
    ({ now }) => share(now.refused, now.requests),
  ],
]

/** The numbers at a glance. */
export class Tiles {
  /** @type {readonly (readonly [HTMLElement, HTMLElement])[]} */
  #cells

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#cells = tiles.map(([key, title]) => {
      const tile = add(list, 'div', 'card tile')
      tile.dataset['tile'] = key
      add(tile, 'dt').textContent = title
      return /** @type {const} */ ([add(tile, 'dd', 'value'), add(tile, 'dd', 'soft')])
    })
  }

  /** @param {Glance} glance */
  show(glance) {
    for (const [index, [, , value, more]] of tiles.entries()) {
      const [valueCell, moreCell] = this.#cells[index] ?? []
      if (valueCell !== undefined) valueCell.textContent = value(glance)
      if (moreCell !== undefined) moreCell.textContent = more(glance)
    }
  }
}

/**
 * @param {number} count
 * @param {number} seconds
 */
function perSecond(count, seconds) {
  return formatNumber(seconds > 0 ? count / seconds : 0)
}

/**
 * @param {number} part
 * @param {number} whole
 */
function share(part, whole) {
  return whole === 0 ? 'of no requests' : `${formatNumber((100 * part) / whole)} % of all`
}
