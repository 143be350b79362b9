import { add } from './chart.js'

/**
 * A table with a row a route.
 *
 * @template Row
 */
export class RouteTable {
  #body
  #columns
  #mark

  /**
   * @param {HTMLTableElement} table
   * @param {object} layout
   * @param {string} layout.caption
   * @param {string} layout.mark The data attribute of rows that has the route's name.
   * @param {readonly (readonly [key: string, title: string, read: (row: Row) => string])[]} layout.columns
   */
  constructor(table, { caption, mark, columns }) {
    add(table, 'caption', 'unseen').textContent = caption
    const head = add(add(table, 'thead'), 'tr')
    for (const name of ['Route', ...columns.map(([, title]) => title)]) {
      const cell = add(head, 'th')
      cell.scope = 'col'
      cell.textContent = name
    }
    this.#body = add(table, 'tbody')
    this.#columns = columns
    this.#mark = mark
  }

  /** @param {readonly (readonly [name: string, row: Row])[]} routes */
  show(routes) {
    const rows = routes.map(([name, values]) => {
      const row = document.createElement('tr')
      row.dataset[this.#mark] = name
      const head = add(row, 'th')
      head.scope = 'row'
      head.textContent = `/${name}`
      for (const [key, , read] of this.#columns) {
        const cell = add(row, 'td', 'number')
        cell.dataset['column'] = key
        cell.textContent = read(values)
      }
      return row
    })
    this.#body.replaceChildren(...rows)
  }
}
