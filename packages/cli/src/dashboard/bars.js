import { add } from './chart.js'
import { formatCount } from './numbers.js'

/** @typedef {{ name: string, value: number, level?: string }} Bar */

/** A table whose numbers are drawn as bars as well. */
export class Bars {
  #body
  #summary

  /**
   * @param {HTMLElement} parent
   * @param {{ id: string, title: string, about: string, nameOf: string, unit: string }} options
   */
  constructor(parent, { id, title, about, nameOf, unit }) {
    const section = add(parent, 'section', 'card')
    const heading = add(section, 'h3')
    heading.id = `${id}-title`
    heading.textContent = title
    add(section, 'p', 'soft').textContent = about
    this.#summary = add(section, 'p', 'summary')
    const table = add(section, 'table', 'bars')
    table.id = id
    table.setAttribute('aria-labelledby', heading.id)
    const head = add(add(table, 'thead', 'unseen'), 'tr')
    for (const name of [nameOf, unit, 'Share']) {
      const cell = add(head, 'th')
      cell.scope = 'col'
      cell.textContent = name
    }
    this.#body = add(table, 'tbody')
  }

  /**
   * @param {readonly Bar[]} bars
   * @param {string} summary
   */
  show(bars, summary) {
    this.#summary.textContent = summary
    const most = Math.max(1, ...bars.map(({ value }) => value))
    const total = bars.reduce((sum, { value }) => sum + value, 0)
    const rows = this.#body.rows
    while (rows.length > bars.length) rows[rows.length - 1]?.remove()
    while (rows.length < bars.length) this.#addRow()
    for (const [index, { name, value, level = '' }] of bars.entries()) {
      const row = rows[index]
      if (row === undefined) return
      const [head, count, share] = /** @type {any} */ (row.cells)
      row.dataset['name'] = name
      head.textContent = name
      count.textContent = formatCount(value)
      share.firstChild.style.width = `${(100 * value) / most}%`
      share.firstChild.dataset.level = level
      share.lastChild.textContent = `${Math.round((100 * value) / Math.max(1, total))} %`
    }
  }

  #addRow() {
    const row = add(this.#body, 'tr')
    add(row, 'th').scope = 'row'
    add(row, 'td', 'number')
    const share = add(row, 'td', 'bar')
    add(share, 'span').setAttribute('aria-hidden', 'true')
    add(share, 'span', 'unseen')
  }
}
