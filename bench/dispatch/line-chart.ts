/** One line of a chart: its words and a value for each place on the x axis. */
interface Line {
  readonly label: string
  readonly values: readonly number[]
}

export interface Chart {
  readonly title: string
  /** What is said to those who do not see it. */
  readonly description: string
  readonly xLabel: string
  readonly places: readonly string[]
  readonly lines: readonly Line[]
  /** Marks of the y axis, which is logarithmic; values beyond the last are cut off. */
  readonly marks: readonly number[]
}

const width = 640
const height = 320
const left = 48
const right = 500
const top = 44
const bottom = 268

// The first line is ours and stands out; the others are told apart by their dashes as well.
const light = ['#0b62d6', '#b3541e', '#6b7280', '#6b7280', '#6b7280']
const dark = ['#6cb0ff', '#ffa36b', '#9aa3af', '#9aa3af', '#9aa3af']
const dashes = ['', '', '2 3', '6 3', '10 3 2 3']

/** An SVG that is light or dark as its reader is. */
export function lineChart({ title, description, xLabel, places, lines, marks }: Chart): string {
  const most = marks.at(-1) as number
  const x = (index: number): number => left + ((right - left) * index) / (places.length - 1)
  const y = (value: number): number => {
    const part = Math.log(Math.min(value, most) / (marks[0] as number))
    return bottom - ((bottom - top) * part) / Math.log(most / (marks[0] as number))
  }
  const grid = marks.map(
    (mark) =>
      `<line class="grid" x1="${left}" x2="${right}" y1="${round(y(mark))}" y2="${round(y(mark))}"/>` +
      `<text x="${left - 8}" y="${round(y(mark) + 4)}" text-anchor="end">${mark}</text>`,
  )
  const axis = places.map(
    (place, index) =>
      `<text x="${round(x(index))}" y="${bottom + 18}" text-anchor="middle">${place}</text>`,
  )
  const labels = apart(lines.map(({ values }) => y(values.at(-1) as number)))
  const drawn = lines.map(({ label, values }, index) => {
    const points = values.map((value, place) => `${round(x(place))},${round(y(value))}`).join(' ')
    return (
      `<polyline class="line s${index}" points="${points}"/>` +
      `<text class="t${index}" x="${right + 10}" y="${round((labels[index] as number) + 4)}">${label}</text>`
    )
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">${title}</title>
<desc id="d">${description}</desc>
<style>
text { font: 12px system-ui, sans-serif; fill: #374151 }
.head { font-size: 14px; font-weight: 600 }
.grid { stroke: #e5e7eb }
.line { fill: none; stroke-width: 1.8 }
.s0 { stroke-width: 3 }
${style(light)}
rect { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #d1d5db }
.grid { stroke: #374151 }
${style(dark)}
rect { fill: #0d1117 }
}
</style>
<rect width="${width}" height="${height}"/>
<text class="head" x="12" y="22">${title}</text>
${grid.join('\n')}
${axis.join('\n')}
<text x="${(left + right) / 2}" y="${bottom + 40}" text-anchor="middle">${xLabel}</text>
${drawn.join('\n')}
</svg>
`
}

function style(colours: readonly string[]): string {
  return colours
    .map(
      (colour, index) =>
        `.s${index} { stroke: ${colour}; stroke-dasharray: ${dashes[index] || 'none'} } .t${index} { fill: ${colour} }`,
    )
    .join('\n')
}

/** Moves words down so far that they do not lie on each other. */
function apart(heights: readonly number[]): number[] {
  const placed: number[] = []
  const order = heights
    .map((_, index) => index)
    .toSorted((one, other) => (heights[one] as number) - (heights[other] as number))
  let last = -Infinity
  for (const index of order) {
    last = Math.max(heights[index] as number, last + 15)
    placed[index] = last
  }
  const over = Math.max(0, last - bottom)
  return placed.map((place) => place - over)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
