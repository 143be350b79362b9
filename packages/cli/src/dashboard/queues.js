import { formatCount, formatDuration } from './numbers.js'
import { RouteTable } from './route-table.js'

/** @type {readonly (readonly [key: string, title: string, read: (queue: any) => string])[]} */
const numbers = [
  ['depth', 'Waiting', ({ queued }) => formatCount(queued)],
  ['oldest', 'The oldest for', ({ oldestAge }) => formatDuration(oldestAge / 1000)],
  ['delayed', 'To try again', ({ delayed }) => formatCount(delayed)],
  ['held', 'With workers', ({ active }) => formatCount(active)],
  ['workers', 'Workers', ({ workers }) => formatCount(workers)],
  ['dead', 'Dead letters', ({ dead }) => formatCount(dead)],
]

/** @type {typeof numbers} */
const columns = numbers.map(([key, title, read]) => [
  key,
  title,
  (queue) => (queue === null ? 'not reached' : read(queue)),
])

/** The queues that routes hand their items to; not there without any. */
export class QueuesTable {
  #section
  #table

  /**
   * @param {HTMLElement} section
   * @param {HTMLTableElement} table
   */
  constructor(section, table) {
    this.#section = section
    const caption = 'The queue of each route, as it is now'
    this.#table = new RouteTable(table, { caption, mark: 'queue', columns })
  }

  /** @param {any} snapshot */
  show(snapshot) {
    const routes = Object.entries(snapshot.routes).filter(([, { queue }]) => queue !== undefined)
    this.#section.hidden = routes.length === 0
    this.#table.show(routes.map(([name, { queue }]) => [name, queue]))
  }
}
