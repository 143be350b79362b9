import type { BatcherOptions, BatcherStats, CloseOptions, ProcessOptions } from 'jitney'
import { type Codec, jsonCodec, RemoteBatcher, type Transport } from 'jitney/remote'
import type { Trace } from '../../server/trace.ts'
import type { Parcel } from '../route.ts'
import type { RouteBatcher } from '../route-batcher.ts'

/** What is said of the way to the queue. */
export interface RemoteSettings {
  readonly queue: string
  readonly transport: Transport
  /** Whether each item says a batch key; that of a request without the header is empty. */
  readonly isKeyed: boolean
  readonly maxItemBytes: number | undefined
}

/** Milliseconds by which the signal of a request is ahead: it says more than a timeout here would. */
const head = 5

/** Workers get the item alone; the rest of a parcel goes into its envelope. */
const itemCodec: Codec = {
  encode: (parcel) => jsonCodec.encode((parcel as Parcel).item),
  decode: (bytes) => jsonCodec.decode(bytes),
}

/**
 * Hands a route's items to a queue, one by one: workers form the batches, so that there are no slots
 * here and nothing to flush.
 */
export class RemoteRouteBatcher implements RouteBatcher {
  readonly maxBatchSize: number = Infinity
  readonly concurrency: number = 0
  readonly #batcher: RemoteBatcher<Parcel, unknown>
  /** That of the item that is being handed over. */
  #trace: Trace | undefined

  constructor(
    { queue, transport, isKeyed, maxItemBytes }: RemoteSettings,
    { maxQueueSize, timeout }: BatcherOptions<Parcel>,
  ) {
    this.#batcher = new RemoteBatcher(queue, {
      transport,
      codec: itemCodec,
      batchKey: isKeyed ? ({ key }) => key ?? '' : undefined,
      trace: () => ({ ...this.#trace }),
      maxQueueSize,
      timeout,
      maxItemBytes,
    })
  }

  process(parcel: unknown, options?: ProcessOptions): Promise<unknown> {
    const { trace, deadline } = parcel as Parcel
    this.#trace = trace
    if (deadline === Infinity) return this.#batcher.process(parcel as Parcel, options)
    // It travels with the item, so that no worker starts it later.
    const timeout = Math.max(0, deadline - performance.now()) + head
    return this.#batcher.process(parcel as Parcel, { ...options, timeout })
  }

  async flush(): Promise<void> {}

  close(options?: CloseOptions): Promise<void> {
    return this.#batcher.close(options)
  }

  abort(reason?: unknown): void {
    this.#batcher.abort(reason)
  }

  /** Items on their way count as queued: only the queue knows which of them run. */
  stats(): BatcherStats {
    const { name, state, accepted: _accepted, active, waiting, ...counts } = this.#batcher.stats()
    return {
      name,
      state,
      queued: active,
      waiting,
      active: 0,
      abandoned: 0,
      oldestAge: 0,
      batches: 0,
      lastReasons: [],
      items: 0,
      totalDuration: 0,
      a: 0,
      b: 0,
      pace: 0,
      ...counts,
    }
  }
}
