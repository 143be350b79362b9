import { printable } from '../terminal/printable.ts'
import { errorOf } from './estimate.ts'
import type { CellReport, Report, Verdict } from './findings.ts'
import { formatCount, formatPercent, formatTime, plural } from './format.ts'
import { describeGoal, nameOf, settingsText } from './words.ts'

const widestBar = 24

/** The report for a terminal. ASCII, so that each character takes one place. */
export function textReport(report: Report): readonly string[] {
  const { subject, batches, elapsed, isComplete, cost, cells, notices } = report
  const verb = isComplete ? 'Measured' : 'Stopped, measured so far:'
  const lines = [
    `${verb} ${printable(subject)}: ${plural(batches, 'batch', 'batches')} in ${formatTime(elapsed)}`,
  ]
  if (cells.length === 0) return [...lines, 'Nothing is known yet.']
  if (cost !== undefined) {
    lines.push(
      `A batch takes ${formatTime(cost.a)} and ${formatTime(cost.b)} for each item, ` +
        `within ${formatPercent(cost.error)} of each size`,
    )
  }
  const alone = cells.filter(({ concurrency }) => concurrency === 1)
  lines.push('', 'Batch sizes, one batch at a time:', ...sizeTable(alone))
  const together = bestOfEach(cells)
  if (together.length > 1) {
    lines.push('', 'Batches at once, of the size that does most:', ...concurrencyTable(together))
  }
  lines.push('', ...loadTable(report))
  if (notices.length > 0) lines.push('', ...notices.map((notice) => `Note: ${printable(notice)}`))
  return [...lines, '', ...conclusion(report)]
}

function sizeTable(cells: readonly CellReport[]): readonly string[] {
  const most = mostOf(cells)
  return table(
    ['size', 'ms per batch', '+-', 'per item', 'items/s', ''],
    cells.map(({ size, duration, itemsPerSecond }) => [
      `${size}`,
      formatTime(duration.value),
      formatPercent(errorOf(duration)),
      formatTime(duration.value / size),
      formatCount(itemsPerSecond.value),
      bar(itemsPerSecond.value / most),
    ]),
  )
}

function concurrencyTable(cells: readonly CellReport[]): readonly string[] {
  const most = mostOf(cells)
  return table(
    ['at once', 'size', 'ms per batch', 'items/s', '+-', ''],
    cells.map(({ concurrency, size, duration, itemsPerSecond }) => [
      `${concurrency}`,
      `${size}`,
      formatTime(duration.value),
      formatCount(itemsPerSecond.value),
      formatPercent(errorOf(itemsPerSecond)),
      bar(itemsPerSecond.value / most),
    ]),
  )
}

function loadTable({ loads, verdicts }: Report): readonly string[] {
  const means = loads.flatMap(({ latencies }) => latencies.map((each) => each?.mean ?? 0))
  const most = Math.max(...means)
  return [
    'Mean latency when items come at random, simulated from the above (-: it cannot keep up):',
    ...table(
      ['items/s', ...verdicts.flatMap(({ name }) => [nameOf(name), ''])],
      loads
        .filter((_, index) => index % 2 === 0)
        .map(({ rate, latencies }) => [
          formatCount(rate),
          ...latencies.flatMap((latency) => [
            latency === undefined ? '-' : formatTime(latency.mean),
            bar((latency?.mean ?? 0) / most, 12),
          ]),
        ]),
    ),
  ]
}

function conclusion({ goal, rate, verdicts }: Report): readonly string[] {
  const inTime = goal.kind === 'p95' ? [`in ${formatTime(goal.limit)}`] : []
  const head = ['', 'size', 'at once', 'window', 'most items/s', ...inTime, 'mean', '95 % in']
  const rows = verdicts.map(({ name, settings, itemsPerSecond, latency, ...rest }) => [
    nameOf(name),
    `${settings.maxBatchSize}`,
    `${settings.concurrency}`,
    typeof settings.maxQueueTime === 'number'
      ? formatTime(settings.maxQueueTime)
      : settings.maxQueueTime,
    formatCount(itemsPerSecond),
    ...inTime.map(() => formatCount(rest.itemsPerSecondInTime ?? 0)),
    ...(latency === undefined ? ['-', '-'] : [formatTime(latency.mean), formatTime(latency.p95)]),
  ])
  return [
    `Settings, with the latency at ${formatCount(rate ?? 0)} items/s:`,
    ...table(head, rows),
    '',
    recommendation(verdicts, describeGoal(goal)),
  ]
}

function recommendation(verdicts: readonly Verdict[], goal: string): string {
  const recommended = verdicts.find(({ name }) => name === 'recommended')
  return recommended === undefined
    ? `Nothing that was measured is enough for ${goal}`
    : `For ${goal}: ${settingsText(recommended.settings)}`
}

/** The cell of each concurrency that does most. */
function bestOfEach(cells: readonly CellReport[]): readonly CellReport[] {
  const best = new Map<number, CellReport>()
  for (const cell of cells) {
    const before = best.get(cell.concurrency)
    if (before === undefined || cell.itemsPerSecond.value > before.itemsPerSecond.value) {
      best.set(cell.concurrency, cell)
    }
  }
  return [...best.values()]
}

function mostOf(cells: readonly CellReport[]): number {
  return Math.max(...cells.map(({ itemsPerSecond }) => itemsPerSecond.value))
}

function bar(share: number, width = widestBar): string {
  return '='.repeat(Math.round(share * width)).padEnd(width)
}

/** Columns, to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  return all.map((row) =>
    `  ${row.map((text, column) => text.padStart(widths[column]!)).join('  ')}`.trimEnd(),
  )
}
