import type { QueueStats } from 'jitney/remote'
import { printable } from '../terminal/printable.ts'

/** What lies in a queue, for people. */
export function statsLines(name: string, stats: QueueStats): string[] {
  const { queued, delayed, active, dead, replies, oldestAge, maxItems, workers } = stats
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  return [
    `${name}: ${queued} queued, ${delayed} delayed, ${active} active of at most ${maxItems}`,
    `  oldest    ${queued === 0 ? 'none' : seconds(oldestAge)}`,
    `  dead      ${dead}`,
    `  replies   ${replies} not fetched`,
    `  workers   ${workers.length}`,
    ...workers.map(({ id, held, silence }) =>
      printable(`    ${id}  holds ${held}, heard of ${seconds(silence)} ago`),
    ),
  ]
}
