import type { Cell } from './cell.ts'
import type { End } from './exploration.ts'
import type { Cost } from './fit-cost.ts'
import { formatPercent, formatTime, plural } from './format.ts'

/** What was found out, beside the numbers. */
export interface Findings {
  /** Of each concurrency the cells of all sizes, at least one of them. */
  readonly rows: readonly (readonly Cell[])[]
  readonly cost: Cost | undefined
  readonly sizesEnd: End | undefined
  readonly concurrencyEnd: End | undefined
  /** Milliseconds that it was given. */
  readonly time: number
}

/** A fit that is farther off, beyond what was uncertain, does not describe it. */
const badFit = 0.1
/** A batch among others that takes so many times as long shows that they are in each other's way. */
const slowdown = 1.2

/** What is gained is worth a word from here on. */
const trifle = 1.02

/** What a reader should know of what was found, one sentence or two each. */
export function noticesOf(findings: Findings): readonly string[] {
  return [minimum, linearity, slowed, sizes, concurrencies, failures]
    .map((noticeOf) => noticeOf(findings))
    .filter((notice) => notice !== undefined)
}

function minimum({ rows: [row = []] }: Findings): string | undefined {
  const best = most(row)
  const last = row.at(-1)!
  if (last === best || last.throughput.high >= best.throughput.low) return undefined
  return (
    `The time per item has a minimum at batches of ${best.size}: ${timePerItem(best)}, ` +
    `and ${timePerItem(last)} at ${last.size}. Keep maxBatchSize there.`
  )
}

function linearity({ rows: [row = []], cost }: Findings): string | undefined {
  if (cost === undefined) return undefined
  const off = row.filter(({ size, duration: { value, low, high } }) => {
    const fitted = cost.a + cost.b * size
    return (fitted < low || fitted > high) && Math.abs(fitted - value) > badFit * value
  })
  if (off.length === 0) return undefined
  return (
    `A call and its items do not add up in a straight line: a batch of ${off.at(-1)!.size} is ` +
    `${formatPercent(farthest(off, cost))} off. Trust the sizes that were measured, not a and b.`
  )
}

function slowed({ rows }: Findings): string | undefined {
  const [alone = [], ...others] = rows
  const together = others.at(-1)
  if (together === undefined) return undefined
  const ratios = together.map(({ slotTime }, index) => slotTime.low / alone[index]!.slotTime.high)
  const worst = ratios.indexOf(Math.max(...ratios))
  if (ratios[worst]! < slowdown) return undefined
  const cell = together[worst]!
  const ratio = cell.slotTime.value / alone[worst]!.slotTime.value
  const column = rows.map((row) => row[worst]!)
  const best = most(column).throughput.value
  const useful = column.find(({ throughput }) => throughput.value * trifle >= best)!
  return (
    `Batches slow each other down: of ${cell.size}, ${cell.concurrency} at once take ` +
    `${ratio.toFixed(1)} times as long as one alone. ` +
    (useful.concurrency === 1
      ? 'More than one at once gains nothing.'
      : `Up to ${useful.concurrency} at once gain something.`)
  )
}

function sizes({ rows: [row = []], sizesEnd, time }: Findings): string | undefined {
  if (sizesEnd === undefined) return undefined
  const last = row.at(-1)!
  if (sizesEnd.kind === 'failure')
    return `Batches of ${sizesEnd.at} fail, so none was larger: ${sizesEnd.message}`
  if (sizesEnd.kind === 'duration')
    return (
      `Larger batches than ${last.size} were not tried, as one takes ${formatTime(sizesEnd.duration)}. ` +
      `--time ${3 * time} tries larger ones.`
    )
  if (sizesEnd.kind === 'time')
    return `The time was up at batches of ${last.size}. --time ${3 * time} tries larger ones.`
  if (sizesEnd.kind === 'limit' && row.length === 1)
    return `A single item takes longer than the limit: ${formatTime(last.duration.value)}.`
  if (sizesEnd.kind === 'bound' && isGaining(row))
    return `Batches larger than ${last.size} were not allowed, and may do more: --max-batch-size.`
  return undefined
}

function concurrencies({ rows, concurrencyEnd, time }: Findings): string | undefined {
  if (concurrencyEnd === undefined) return undefined
  const last = rows.at(-1)![0]!.concurrency
  if (concurrencyEnd.kind === 'failure')
    return `With ${concurrencyEnd.at} at once batches fail, so there were no more: ${concurrencyEnd.message}`
  if (concurrencyEnd.kind === 'time')
    return `The time was up with ${last} at once. --time ${3 * time} tries more.`
  if (concurrencyEnd.kind === 'bound' && isGaining(rows.map(most)))
    return `More than ${last} at once were not allowed, and may do more: --max-concurrency.`
  return undefined
}

function failures({ rows }: Findings): string | undefined {
  const cells = rows.flat()
  const items = cells.reduce((total, { failedItems }) => total + failedItems, 0)
  const batches = cells.reduce((total, { failedBatches }) => total + failedBatches, 0)
  const failed = [
    ...(batches === 0 ? [] : [`${plural(batches, 'batch', 'batches')} as a whole`]),
    ...(items === 0 ? [] : [`${plural(items, 'item')} of others`]),
  ]
  return failed.length === 0
    ? undefined
    : `There were failures: ${failed.join(' and ')}. Failed batches are left out of the times.`
}

/** Whether the last one does more than the one before, by more than a trifle. */
function isGaining(cells: readonly Cell[]): boolean {
  const [before, last] = cells.slice(-2)
  return last !== undefined && last.throughput.value > before!.throughput.value * trifle
}

function most(cells: readonly Cell[]): Cell {
  return cells.reduce((best, cell) => (cell.throughput.value > best.throughput.value ? cell : best))
}

function timePerItem({ duration, size }: Cell): string {
  return formatTime(duration.value / size)
}

function farthest(cells: readonly Cell[], { a, b }: Cost): number {
  const parts = cells.map(({ size, duration: { value } }) => Math.abs(a + b * size - value) / value)
  return Math.max(...parts)
}
