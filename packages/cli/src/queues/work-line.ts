import type { BatchWorkerStats } from 'jitney/remote'
import { describeBatches } from '../terminal/traffic-line.ts'

/** What workers have done so far, and what they hold. */
export function workLine(workers: readonly BatchWorkerStats[]): string {
  const sum = (read: (stats: BatchWorkerStats) => number): number =>
    workers.reduce((total, stats) => total + read(stats), 0)
  const counts = [
    [sum(({ held }) => held), 'held'],
    [sum(({ retried }) => retried), 'to try again'],
    [sum(({ dead }) => dead), 'given up'],
    [sum(({ lost }) => lost), 'lost to other workers'],
  ] as const
  const more = counts.filter(([count]) => count > 0).map(([count, words]) => `; ${count} ${words}`)
  return (
    describeBatches(
      'item',
      sum(({ items }) => items),
      sum(({ batches }) => batches),
    ) + more.join('')
  )
}
