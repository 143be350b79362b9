import { add } from './chart.js'
import { countsOf } from './history.js'
import { formatCount, formatDuration, formatNumber } from './numbers.js'
import { mean, quantile } from './quantile.js'

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
  #body

  /** @param {HTMLTableElement} table */
  constructor(table) {
    add(table, 'caption', 'unseen').textContent = 'Each route since the service started'
    const head = add(add(table, 'thead'), 'tr')
    for (const name of ['Route', ...columns.map(([, title]) => title)]) {
      const cell = add(head, 'th')
      cell.scope = 'col'
      cell.textContent = name
    }
    this.#body = add(table, 'tbody')
  }

  /** @param {any} snapshot */
  show(snapshot) {
    const rows = Object.keys(snapshot.routes).map((name) => {
      const counts = countsOf(snapshot, name)
      const row = document.createElement('tr')
      row.dataset['route'] = name
      const head = add(row, 'th')
      head.scope = 'row'
      head.textContent = `/${name}`
      for (const [key, , read] of columns) {
        const cell = add(row, 'td', 'number')
        cell.dataset['column'] = key
        cell.textContent = read(counts)
      }
      return row
    })
    this.#body.replaceChildren(...rows)
  }
}
