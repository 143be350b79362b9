import type { Heap, Placed } from './heap.ts'
import type { Queue } from './queue.ts'

/** The queued entries of one batch key; `Lanes` does all to it. */
export interface Lane extends Placed<Lane> {
  readonly key: unknown
  queue: Queue
  /** What is left of each weight until they fill a batch. */
  readonly left: number[]
  /** Whether they fill a batch, by their number or by a weight. */
  full: boolean
  /** Where it has its place by its oldest entry. */
  heap?: Heap<Lane>
}
