/// <reference lib="esnext.disposable" preserve="true" />
import type { BatchContext, BatchResults } from '../batcher/batch-function.ts'
import type { Outcome } from '../batcher/outcome.ts'
import { checkOptions, durationOrZero, fields, optional } from '../platform/guards.ts'
import { Pool, type PoolSettings } from './pool.ts'
import { readReply } from './reply.ts'
import { sendApart } from './send-apart.ts'
import type { StartWorker } from './worker.ts'
import type { WorkerStats } from './worker-stats.ts'

/**
 * A batch function whose work is done by threads or processes, for a `Batcher`. It can be called by
 * several batchers, and is closed after them.
 */
export interface BatchWorkers<Item, Result> extends AsyncDisposable {
  (
    items: Item[],
    context: Pick<BatchContext, 'signal' | 'key' | 'reason'>,
  ): Promise<BatchResults<Result | Error | Outcome<Result>>>
  /** How many there are: give it to the batcher as its `concurrency`, or some of them stay idle. */
  readonly size: number
  /**
   * Starts all workers and lets each work on `sample`, so that the first callers wait neither for
   * the start nor for what the first batch brings about. Rejects if one cannot, or with the reason
   * of `signal`.
   *
   * @param sample items like those to come; by default an empty batch.
   */
  warmUp(sample?: readonly Item[], options?: WarmUpOptions): Promise<void>
  /** What the workers did and do, as a frozen object of counts. */
  stats(): WorkerStats
  /**
   * Refuses new batches, and ends each worker when it has answered the batches that it has, or at
   * `timeout`. Resolves when all have ended. Close the batcher first.
   */
  close(options?: CloseWorkersOptions): Promise<void>
  /** `close()`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Options of `warmUp`. */
export interface WarmUpOptions {
  /**
   * Gives up.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
}

/** Options of `close`. */
export interface CloseWorkersOptions {
  /**
   * Milliseconds of at least 0, or `Infinity`, after which running workers are ended by force.
   * @default Infinity
   */
  readonly timeout?: number | undefined
}

const readClose = /* @__PURE__ */ fields({
  timeout: /* @__PURE__ */ optional(durationOrZero, Infinity),
})

/**
 * @param to what the workers are, for errors.
 * @param onClosed called when all have ended, once for each call of `close`.
 */
export function batchWorkers<Item, Result>(
  to: string,
  start: StartWorker,
  settings: PoolSettings,
  canSend: (item: unknown) => void,
  onClosed: () => void = () => {},
): BatchWorkers<Item, Result> {
  const pool = new Pool(start, settings)
  const run: (
    ...parameters: Parameters<BatchWorkers<Item, Result>>
  ) => ReturnType<BatchWorkers<Item, Result>> = (items, { signal, key, reason }) =>
    sendApart<Result>(to, items, canSend, async (sendable) =>
      readReply<Result>(await pool.run({ items: sendable, key, reason }, signal)),
    )
  const close = async (options?: CloseWorkersOptions): Promise<void> => {
    const { timeout } = readClose('close workers', 'options', options)
    await pool.close(timeout)
    onClosed()
  }
  return Object.assign(run, {
    size: pool.size,
    warmUp: async (sample: readonly Item[] = [], options: WarmUpOptions = {}): Promise<void> => {
      checkOptions('warm up workers', options, ['signal'])
      const { signal = new AbortController().signal } = options
      for (const reply of await pool.warmUp(sample, signal)) readReply(reply)
    },
    stats: () => pool.stats(),
    close,
    [Symbol.asyncDispose]: () => close(),
  })
}
