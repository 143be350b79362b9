import { printable } from '../terminal/printable.ts'
import { formatRate } from '../terminal/progress-text.ts'
import type { Tally } from './tally.ts'

const numbers = new Intl.NumberFormat('en')
const shares = [50, 90, 95, 99] as const
const mostKinds = 5

/** What a run did, as lines of text. */
export function summarize(tally: Tally, verb: string, milliseconds: number): readonly string[] {
  const { done, ok, failed, skipped, failedBefore, times, kinds } = tally
  const seconds = milliseconds / 1000
  const failures = failedBefore === 0 ? '' : `, ${count(failedBefore)} of them failed`
  const before = skipped === 0 ? '' : ` (${count(skipped)} done before${failures})`
  const lines = [
    `${verb}: ${plural(done, 'item')} in ${seconds.toFixed(2)} s, ${formatRate(done / seconds)} per second: ` +
      `${count(ok)} ok, ${count(failed)} failed${before}`,
  ]
  for (const { error, index, count: number } of kinds.slice(0, mostKinds)) {
    lines.push(`  ${count(number)} failed as item ${index}: ${printable(error.message)}`)
  }
  if (kinds.length > mostKinds) lines.push(`  and ${kinds.length - mostKinds} other kinds`)
  if (times.count > 0) {
    const percentiles = shares.map((share) => `p${share} ${duration(times.percentile(share))}`)
    lines.push(`Time per item: ${percentiles.join(', ')}, longest ${duration(times.max)}`)
  }
  const peak = process.resourceUsage().maxRSS * 1024
  lines.push(`Peak memory: ${Math.round(peak / 2 ** 20)} MB`)
  return lines
}

/** Microseconds as text. */
function duration(microseconds: number): string {
  const milliseconds = microseconds / 1000
  if (milliseconds < 10) return `${milliseconds.toFixed(2)} ms`
  if (milliseconds < 10_000) return `${Math.round(milliseconds)} ms`
  return `${(milliseconds / 1000).toFixed(1)} s`
}

function plural(number: number, one: string): string {
  return `${count(number)} ${one}${number === 1 ? '' : 's'}`
}

function count(number: number): string {
  return numbers.format(number)
}
