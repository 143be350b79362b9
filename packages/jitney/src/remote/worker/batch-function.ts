import type {
  Awaitable,
  BatchContext,
  BatchEntry,
  BatchResults,
} from '../../batcher/batch-function.ts'

/** What a batch function is told beside its items. */
export interface RemoteBatchContext extends BatchContext {
  /** What is known of single items, in their order; made when first asked for. */
  readonly entries: readonly RemoteBatchEntry[]
}

/**
 * One item of a batch. `id` is the same in all attempts, on whatever machine: a key for calls that
 * must not act twice. `attempt` counts from 1, also what was lost with its worker.
 */
export interface RemoteBatchEntry extends BatchEntry {
  /** The trace context of its caller, as headers. */
  readonly trace: Readonly<Record<string, string>> | undefined
}

/**
 * Works on many items at once, like the batch function of a `Batcher`: one outcome per item, in
 * order. It may see an item again: after a crash, a timeout or a failure of its batch.
 */
export type RemoteBatchFunction<Item> = (
  items: Item[],
  context: RemoteBatchContext,
) => Awaitable<BatchResults>
