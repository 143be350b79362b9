import { add } from './chart.js'
import { formatCount, formatDuration } from './numbers.js'

/** @type {readonly (readonly [key: string, title: string, read: (queue: any) => string])[]} */
const columns = [
  ['depth', 'Waiting', ({ queued }) => formatCount(queued)],
  ['oldest', 'The oldest for', ({ oldestAge }) => formatDuration(oldestAge / 1000)],
  ['delayed', 'To try again', ({ delayed }) => formatCount(delayed)],
  ['held', 'With workers', ({ active }) => formatCount(active)],
  ['workers', 'Workers', ({ workers }) => formatCount(workers)],
  ['dead', 'Dead letters', ({ dead }) => formatCount(dead)],
]

/** The queues that routes hand their items to; not there without any. */
export class QueuesTable {
  #section
  #body

  /**
   * @param {HTMLElement} section
   * @param {HTMLTableElement} table
   */
  constructor(section, table) {
    this.#section = section
    add(table, 'caption', 'unseen').textContent = 'The queue of each route, as it is now'
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
    const routes = Object.entries(snapshot.routes).filter(([, { queue }]) => queue !== undefined)
    this.#section.hidden = routes.length === 0
    const rows = routes.map(([name, { queue }]) => {
      const row = document.createElement('tr')
      row.dataset['queue'] = name
      const head = add(row, 'th')
      head.scope = 'row'
      head.textContent = `/${name}`
      for (const [key, , read] of columns) {
        const cell = add(row, 'td', 'number')
        cell.dataset['column'] = key
        cell.textContent = queue === null ? 'not reached' : read(queue)
      }
      return row
    })
    this.#body.replaceChildren(...rows)
  }
}
