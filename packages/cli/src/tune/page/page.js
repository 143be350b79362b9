/**
 * Draws what `charts.ts` says, into the figures that are there.
 *
 * @typedef {import('../charts.ts').Chart} Chart
 */

const { uPlot } = /** @type {{ uPlot: typeof import('uplot') }} */ (
  /** @type {unknown} */ (globalThis)
)

/** @type {readonly Chart[]} */
const charts = JSON.parse(document.querySelector('#charts-data')?.textContent ?? '[]')
const brief = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const precise = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const height = 260
/**
 * Of uPlot's scales. Its types know it only by a name that has no value.
 *
 * @type {any}
 */
const logarithmic = 3

/** @type {(() => void)[]} */
let leave = []

function drawAll() {
  for (const clear of leave) clear()
  leave = charts.map(draw)
}

/** @param {Chart} chart */
function draw({ id, x, y, points, series }) {
  const host = /** @type {HTMLElement} */ (document.querySelector(`#${id}`))
  const style = getComputedStyle(document.documentElement)
  /** @param {string} name */
  const color = (name) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: color('--soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    labelSize: 20,
  }
  /** @param {any} _plot @param {(number | null)[]} splits */
  const values = (_plot, splits) =>
    splits.map((split) => (split === null ? '' : brief.format(split)))
  const plot = new uPlot(
    {
      width: Math.max(200, host.clientWidth),
      height,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { x: scaleOf(x.log), y: scaleOf(y.log) },
      axes: [
        {
          ...axis,
          label: x.label,
          size: 28,
          // Each size is a power of two; where there is no room for all, every other one has its number.
          ...(x.log === 2 && { splits: () => every(points, host.clientWidth / 48), filter: all }),
          values,
        },
        { ...axis, label: y.label, size: 52, values },
      ],
      series: [
        {},
        ...series.map(({ name, color: number, isDashed, isHidden }) => ({
          label: name,
          stroke: isHidden ? 'transparent' : color(`--series-${number}`),
          width: 2,
          ...(isDashed && { dash: [5, 4] }),
          points: { show: !isDashed && !isHidden, size: 5, fill: color(`--series-${number}`) },
        })),
      ],
      bands: series.flatMap(({ isHidden }, index) =>
        // Two series that are hidden are the bounds of a band.
        isHidden && series[index + 1]?.isHidden
          ? [
              {
                series: /** @type {[number, number]} */ ([index + 2, index + 1]),
                fill: `color-mix(in srgb, ${color('--series-0')} 22%, transparent)`,
              },
            ]
          : [],
      ),
      hooks: { setCursor: [(/** @type {any} */ { cursor }) => say(host, series, cursor.idx)] },
    },
    /** @type {import('uplot').AlignedData} */ (
      /** @type {unknown} */ ([points, ...series.map((one) => one.values)])
    ),
    host,
  )
  const observer = new ResizeObserver(() => {
    if (host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height })
  })
  observer.observe(host)
  return () => {
    observer.disconnect()
    plot.destroy()
  }
}

/**
 * Puts the values under the pointer into the legend.
 *
 * @param {HTMLElement} host
 * @param {Chart['series']} series
 * @param {number | null | undefined} index
 */
function say(host, series, index) {
  const seen = series.filter(({ isHidden }) => !isHidden)
  host.parentElement?.querySelectorAll('dd').forEach((cell, position) => {
    const value = seen[position]?.values[index ?? -1]
    cell.textContent = value == null ? '' : precise.format(value)
  })
}

/**
 * @param {2 | 10 | undefined} log the base of its logarithm
 * @returns {import('uplot').Scale}
 */
function scaleOf(log) {
  if (log !== undefined) return { time: false, distr: logarithmic, log }
  return { time: false, range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] }
}

/** @param {readonly number[]} points @param {number} room for so many */
function every(points, room) {
  const step = Math.max(1, Math.ceil(points.length / Math.max(2, room)))
  return points.filter((_, index) => index % step === 0)
}

/** @param {any} _plot @param {number[]} splits */
function all(_plot, splits) {
  return splits
}

drawAll()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
