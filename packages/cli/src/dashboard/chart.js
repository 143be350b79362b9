import { formatAgo } from './numbers.js'
import { span } from './history.js'

/**
 * @typedef {object} ChartOptions
 * @property {string} title
 * @property {string} about one sentence on what it shows
 * @property {readonly { name: string, dashed?: boolean }[]} series
 * @property {(value: number | null | undefined) => string} format
 * @property {(value: number | null | undefined) => string} [formatAxis]
 */

/** The page loads the chart library before its own scripts. */
const { uPlot } = /** @type {{ uPlot: typeof import('uplot') }} */ (
  /** @type {unknown} */ (globalThis)
)

/** Seconds between two rows of the table behind a chart. */
const rowEvery = 15
const height = 168

/** Lines over the last minutes, with a legend that says their values and a table of the same numbers. */
export class Chart {
  #options
  #plot
  #host
  #legend
  #body
  #details
  /** @type {(number | null)[][]} */
  #data = []
  /** @type {number | null} */
  #cursor = null

  /**
   * @param {HTMLElement} parent
   * @param {ChartOptions} options
   */
  constructor(parent, options) {
    this.#options = options
    const figure = add(parent, 'figure', 'card')
    const caption = add(figure, 'figcaption')
    add(caption, 'h3').textContent = options.title
    add(caption, 'p', 'soft').textContent = options.about
    this.#legend = add(figure, 'dl', 'legend')
    for (const [index, { name, dashed }] of options.series.entries()) {
      const entry = add(this.#legend, 'div')
      const term = add(entry, 'dt')
      const swatch = add(term, 'span', dashed ? 'swatch dashed' : 'swatch')
      swatch.dataset['series'] = String(index)
      term.append(name)
      add(entry, 'dd')
    }
    this.#host = add(figure, 'div', 'plot')
    this.#host.setAttribute('role', 'img')
    this.#details = add(figure, 'details')
    add(this.#details, 'summary').textContent = 'As a table'
    const scroll = add(this.#details, 'div', 'scroll')
    scroll.tabIndex = 0
    scroll.setAttribute('role', 'region')
    scroll.setAttribute('aria-label', `${options.title}, as a table`)
    const table = add(scroll, 'table')
    const head = add(add(table, 'thead'), 'tr')
    for (const name of ['Ago', ...options.series.map((series) => series.name)]) {
      const cell = add(head, 'th')
      cell.scope = 'col'
      cell.textContent = name
    }
    this.#body = add(table, 'tbody')
    this.#details.addEventListener('toggle', () => this.#fillTable())
    this.#plot = this.#draw()
    new ResizeObserver(() => this.#resize()).observe(this.#host)
  }

  /** @param {(number | null)[][]} data seconds from now, then the values of each series */
  show(data) {
    this.#data = data
    this.#plot.setData(/** @type {import('uplot').AlignedData} */ (data))
    this.#say()
    this.#fillTable()
  }

  /** The colors have changed. */
  redraw() {
    this.#plot.destroy()
    this.#plot = this.#draw()
    this.#resize()
  }

  #draw() {
    const { series, format, formatAxis = format } = this.#options
    const style = getComputedStyle(document.documentElement)
    /** @param {string} name */
    const color = (name) => style.getPropertyValue(name).trim()
    const axis = {
      stroke: color('--soft'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    }
    return new uPlot(
      {
        width: Math.max(200, this.#host.clientWidth),
        height,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: { time: false, range: () => [-this.#shown, 0] },
          y: {
            range: (
              /** @type {any} */ _plot,
              /** @type {number} */ _low,
              /** @type {number} */ high,
            ) => [0, high > 0 ? high * 1.15 : 1],
          },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 26,
            splits: () => this.#splits(),
            values: (/** @type {any} */ _plot, /** @type {number[]} */ splits) =>
              splits.map(formatAgo),
          },
          {
            ...axis,
            size: 56,
            values: (/** @type {any} */ _plot, /** @type {number[]} */ splits) =>
              splits.map(formatAxis),
          },
        ],
        series: [
          {},
          ...series.map(({ name, dashed }, index) => ({
            label: name,
            stroke: color(`--series-${index}`),
            width: 2,
            ...(dashed && { dash: [5, 4] }),
            points: {
              show: true,
              size: 4,
              fill: color(`--series-${index}`),
              filter: isolated,
            },
          })),
        ],
        hooks: {
          setCursor: [
            (/** @type {any} */ plot) => {
              this.#cursor = plot.cursor.idx ?? null
              this.#say()
            },
          ],
        },
      },
      /** @type {import('uplot').AlignedData} */ (
        this.#data.length > 0 ? this.#data : [[], ...series.map(() => [])]
      ),
      this.#host,
    )
  }

  /** Seconds that are shown: as many minutes as there are, up to all. */
  get #shown() {
    const oldest = -(this.#data[0]?.[0] ?? 0)
    return Math.min(span / 1000, 60 * Math.max(1, Math.ceil(oldest / 60)))
  }

  /** Where the time axis has its words: as many as there is room for. */
  #splits() {
    const most = Math.max(2, Math.floor(this.#host.clientWidth / 90))
    const step = [10, 15, 30, 60, 120, 300].find((each) => this.#shown / each <= most) ?? 300
    const count = Math.floor(this.#shown / step)
    return Array.from({ length: count + 1 }, (_, index) => (index - count) * step)
  }

  #resize() {
    const width = this.#host.clientWidth
    if (width > 0) this.#plot.setSize({ width, height })
  }

  /** Says the values, those under the pointer or the last. */
  #say() {
    const { title, series, format } = this.#options
    const [times = []] = this.#data
    const index = this.#cursor ?? times.length - 1
    const said = series.map(({ name }, position) => [
      name,
      format(this.#data[position + 1]?.[index]),
    ])
    this.#legend.querySelectorAll('dd').forEach((cell, position) => {
      cell.textContent = said[position]?.[1] ?? ''
    })
    const words = said.map(([name, value]) => `${name} ${value}`).join(', ')
    this.#host.setAttribute('aria-label', `Chart: ${title}. Now: ${words}.`)
  }

  #fillTable() {
    if (!this.#details.open) return
    const { format } = this.#options
    const [times = [], ...values] = this.#data
    const rows = []
    let next = Infinity
    for (let index = times.length - 1; index >= 0; index -= 1) {
      const time = times[index] ?? 0
      if (time > next) continue
      next = time - rowEvery + 0.5
      const row = document.createElement('tr')
      const head = add(row, 'th')
      head.scope = 'row'
      head.textContent = formatAgo(Math.round(time))
      for (const column of values) add(row, 'td').textContent = format(column[index])
      rows.push(row)
    }
    this.#body.replaceChildren(...rows)
  }
}

/**
 * Where a value has none beside it, so that no line would show it.
 *
 * @param {import('uplot')} plot
 * @param {number} series
 */
function isolated(plot, series) {
  const values = plot.data[series] ?? []
  const indexes = [...values.keys()]
  return indexes.filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  )
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Element} parent
 * @param {Tag} tag
 * @param {string} [className]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function add(parent, tag, className) {
  const element = document.createElement(tag)
  if (className !== undefined) element.className = className
  parent.append(element)
  return element
}
