import { countsOf } from './history.js'
import { formatCount, formatDuration, formatNumber } from './numbers.js'
import { mean, quantile } from './quantile.js'
import { RouteTable } from './route-table.js'

/** @typedef {import('./history.js').Counts} Counts */

/** @type {readonly (readonly [key: string, title: string, read: (counts: Counts) => string])[]} */
const columns = [
  ['requests', 'Requests', ({ requests }) => formatCount(requests)],
  ['batches', 'Batches', ({ batches }) => formatCount(batches)],
  ['size', 'Items a batch', ({ batchSize }) => formatNumber(mean(batchSize))],
  ['queued', 'Waiting', ({ queued, waiting }) => formatCount(queued + waiting)],
  [
    'slots',
    'Slots in use',
    ({ active, slots }) => `${formatCount(active)} of ${formatCount(slots)}`,
  ],
  ['p50', 'Latency p50', ({ latency }) => formatDuration(quantile(latency, 0.5))],
  ['p99', 'Latency p99', ({ latency }) => formatDuration(quantile(latency, 0.99))],
  ['fulfilled', 'Results', ({ fulfilled }) => formatCount(fulfilled)],
  ['rejected', 'Failed', ({ rejected }) => formatCount(rejected)],
  ['refused', 'Refused', ({ refused }) => formatCount(refused)],
  ['aborted', 'Gone', ({ aborted }) => formatCount(aborted)],
]

/** What each route has done since the service started. */
export class RoutesTable {
  #table

  /** @param {HTMLTableElement} table */
  constructor(table) {
    const caption = 'Each route since the service started'
    this.#table = new RouteTable(table, { caption, mark: 'route', columns })
  }

  /** @param {any} snapshot */
  show(snapshot) {
    this.#table.show(Object.keys(snapshot.routes).map((name) => [name, countsOf(snapshot, name)]))
  }
}
