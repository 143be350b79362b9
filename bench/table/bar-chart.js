const width = 640
const left = 170
const right = 560
const rowHeight = 24
const top = 62

/**
 * Bars on a logarithmic axis, as an SVG that is light or dark as its reader is. Drawn here, as a
 * library of charts would be larger than all that it draws.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.figure what the bars are
 * @param {readonly { label: string, value: number, words: string, isOurs: boolean }[]} chart.bars
 * @param {number | undefined} chart.bound a line that ours must not pass
 */
export function barChart({ title, figure, bars, bound }) {
  const values = bars.map(({ value }) => value)
  const least = Math.min(0.5, ...values.map((value) => value / 1.2))
  const most = Math.max(2, ...values)
  const x = (value) => left + ((right - left) * Math.log(value / least)) / Math.log(most / least)
  const bottom = top + bars.length * rowHeight
  const height = bottom + 30
  const lines = [
    { value: 1, label: '1', name: 'grid' },
    ...(bound === undefined ? [] : [{ value: bound, label: '', name: 'bound' }]),
  ].map(
    ({ value, label, name }) =>
      `<line class="${name}" x1="${round(x(value))}" x2="${round(x(value))}" y1="${top - 6}" y2="${bottom}"/>` +
      (label &&
        `<text x="${round(x(value))}" y="${bottom + 16}" text-anchor="middle">${label}</text>`),
  )
  const drawn = bars.map(({ label, value, words, isOurs }, index) => {
    const y = top + index * rowHeight
    const end = round(x(value))
    return (
      `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escape(label)}</text>` +
      `<rect class="${isOurs ? 'ours' : 'peer'}" x="${left}" y="${y}" width="${round(end - left)}" height="${rowHeight - 6}"/>` +
      `<text x="${end + 6}" y="${y + 13}">${escape(words)}</text>`
    )
  })
  const description = bars.map(({ label, words }) => `${label} ${words}`).join(', ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">${escape(title)}: ${escape(figure)}</title>
<desc id="d">${escape(description)}</desc>
<style>
text { font: 12px system-ui, sans-serif; fill: #374151 }
.head { font-size: 13px; font-weight: 600 }
.grid { stroke: #9ca3af }
.bound { stroke: #b3541e; stroke-dasharray: 4 3 }
.ours { fill: #0b62d6 }
.peer { fill: #9ca3af }
.page { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #d1d5db }
.grid { stroke: #6b7280 }
.bound { stroke: #ffa36b }
.ours { fill: #6cb0ff }
.peer { fill: #6b7280 }
.page { fill: #0d1117 }
}
</style>
<rect class="page" width="${width}" height="${height}"/>
<text class="head" x="12" y="22">${escape(title)}</text>
<text x="12" y="40">${escape(figure)}</text>
${lines.join('\n')}
${drawn.join('\n')}
</svg>
`
}

function round(value) {
  return Math.round(value * 10) / 10
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
