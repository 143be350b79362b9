import type { Queue } from './queue.ts'
import type { RankedQueue } from './ranked-queue.ts'

/** The queued entries of one batch key; `Lanes` does all to it. */
export interface Lane {
  readonly key: unknown
  /** In the order in which they leave. */
  queue: Queue | RankedQueue
  /** What is left of each weight until they fill a batch. */
  readonly left: number[]
  /** Whether they fill a batch, by their number or by a weight. */
  full: boolean
}
