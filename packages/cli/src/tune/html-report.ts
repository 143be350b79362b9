import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Chart, chartsOf } from './charts.ts'
import { errorOf } from './estimate.ts'
import type { Report, Verdict } from './findings.ts'
import { formatCount, formatPercent, formatTime, plural } from './format.ts'
import { describeGoal, describeLatency, nameOf, settingsText } from './words.ts'

/** How each page begins, by which it is known again. */
export const pageStart = '<!doctype html>\n<!-- jitney tune -->\n'

const require = createRequire(import.meta.url)
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that a browser must not take for anything else. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}

/**
 * The report as one page that needs nothing else: styles, scripts and the chart library are in it,
 * and its policy lets it load nothing. All but the charts is there without scripts as well.
 */
export function htmlReport(report: Report): string {
  const { subject, batches, elapsed, isComplete, runtime, version, date, notices } = report
  const charts = chartsOf(report)
  const about = [
    `${plural(batches, 'batch', 'batches')} in ${formatTime(elapsed)}`,
    ...(isComplete ? [] : ['stopped before its end']),
    `jitney ${version}, ${runtime}`,
    date.slice(0, 16).replace('T', ' '),
  ]
  return `${pageStart}<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>jitney tune ${escape(subject)}</title>
<style>${read('uplot/dist/uPlot.min.css')}</style>
<style>${read('../dashboard/style.css')}</style>
<style>${read('page/page.css')}</style>
</head>
<body>
<header>
<h1>jitney tune ${escape(subject)}</h1>
<p class="soft">${escape(about.join(', '))}</p>
</header>
<main>
${conclusion(report)}
${notices.length === 0 ? '' : `<h2>Notes</h2>\n<ul>${notices.map((notice) => `<li>${escape(notice)}</li>`).join('\n')}</ul>`}
<h2>Charts</h2>
<div class="grid" id="charts">
${charts.map(figure).join('\n')}
</div>
<h2>All that was measured</h2>
<div class="card scroll" role="region" aria-label="All that was measured" tabindex="0">
${cellTable(report)}
</div>
</main>
<script type="application/json" id="charts-data">${JSON.stringify(charts).replaceAll('<', '\\u003c')}</script>
<script>${read('uplot/dist/uPlot.iife.min.js')}</script>
<script type="module">${read('page/page.js')}</script>
</body>
</html>
`
}

function conclusion({ goal, rate = 0, verdicts, cost }: Report): string {
  const recommended = verdicts.find(({ name }) => name === 'recommended')
  const settings =
    recommended === undefined
      ? '<p>Nothing that was measured is enough.</p>'
      : `<pre tabindex="0">${escape(settingsText(recommended.settings))}</pre>`
  const fit =
    cost === undefined
      ? ''
      : `<p class="summary">A batch takes ${formatTime(cost.a)} and ${formatTime(cost.b)} for each item, within ${formatPercent(cost.error)} of each size.</p>`
  return `<h2>For ${escape(describeGoal(goal))}</h2>
<div class="card">${settings}${fit}</div>
<div class="card wide scroll" role="region" aria-label="The settings side by side" tabindex="0">
${table(
  [
    'Settings',
    'maxBatchSize',
    'concurrency',
    'maxQueueTime',
    'most items/s',
    ...(goal.kind === 'p95' ? [`most within ${formatTime(goal.limit)}`] : []),
    `latency at ${formatCount(rate)} items/s`,
  ],
  verdicts.map((verdict) => verdictCells(verdict, goal.kind === 'p95')),
)}
</div>`
}

function verdictCells(
  { name, settings, itemsPerSecond, itemsPerSecondInTime = 0, latency }: Verdict,
  isInTime: boolean,
): readonly string[] {
  const { maxBatchSize, concurrency, maxQueueTime } = settings
  return [
    nameOf(name),
    `${maxBatchSize}`,
    `${concurrency}`,
    typeof maxQueueTime === 'number' ? formatTime(maxQueueTime) : maxQueueTime,
    formatCount(itemsPerSecond),
    ...(isInTime ? [formatCount(itemsPerSecondInTime)] : []),
    describeLatency(latency),
  ]
}

function figure({ id, title, about, series }: Chart): string {
  const legend = series
    .map(({ name, color, isDashed, isHidden }) =>
      isHidden === true
        ? ''
        : `<div><dt><span class="swatch${isDashed === true ? ' dashed' : ''}" data-series="${color}"></span>${escape(name)}</dt><dd></dd></div>`,
    )
    .join('')
  return `<figure class="card">
<figcaption><h3>${escape(title)}</h3><p class="soft">${escape(about)}</p></figcaption>
<dl class="legend">${legend}</dl>
<div class="plot" id="${id}" role="img" aria-label="Chart: ${escape(title)}. ${escape(about)}"></div>
</figure>`
}

function cellTable({ cells }: Report): string {
  return table(
    ['Batch size', 'at once', 'batches', 'median', '±', '95 % within', 'items/s', '±', 'failed'],
    cells.map((cell) => [
      `${cell.size}`,
      `${cell.concurrency}`,
      formatCount(cell.batches),
      formatTime(cell.duration.value),
      formatPercent(errorOf(cell.duration)),
      formatTime(cell.p95),
      formatCount(cell.itemsPerSecond.value),
      formatPercent(errorOf(cell.itemsPerSecond)),
      formatCount(cell.failedBatches),
    ]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const headCells = head.map((text) => `<th scope="col">${escape(text)}</th>`).join('')
  const bodyRows = rows.map(
    ([first = '', ...others]) =>
      `<tr><th scope="row">${escape(first)}</th>${others.map((text) => `<td>${escape(text)}</td>`).join('')}</tr>`,
  )
  return `<table><thead><tr>${headCells}</tr></thead><tbody>${bodyRows.join('\n')}</tbody></table>`
}

/** A file beside this one, or of the chart library. */
function read(path: string): string {
  const isOurs = !path.startsWith('uplot/')
  return readFileSync(isOurs ? new URL(path, import.meta.url) : require.resolve(path), 'utf8')
}
