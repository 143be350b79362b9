import type { Batcher } from '../batcher/batcher.ts'
import { endOfTurn } from '../platform/turn.ts'

/**
 * Makes what a batch does when its statement is answered: a full batch that waits for its slot is
 * sent first, and then its own callers go on, while the database works.
 *
 * One that is not full waits for these callers, who may ride along.
 */
export function createHandOver(batcher: () => Batcher<never, unknown>): () => Promise<void> {
  /** Batches that have their answer and hold their slot. */
  let answered = 0
  return async () => {
    const { activeCount, concurrency, maxBatchSize, queuedCount } = batcher()
    if (typeof concurrency !== 'number' || queuedCount < maxBatchSize) return
    answered += 1
    // Both at once: nobody sees the first.
    batcher().concurrency = concurrency + answered
    batcher().concurrency = concurrency
    // Pools hand out connections at the end of the turn.
    if (batcher().activeCount > activeCount) await endOfTurn()
    answered -= 1
  }
}
