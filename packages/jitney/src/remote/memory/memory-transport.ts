import { type Clock, systemClock } from '../../platform/clock.ts'
import { aboveZero, count, fields, type Guard, isClock, optional } from '../../platform/guards.ts'
import type {
  Claim,
  Reply,
  Transport,
  TransportAdmin,
  TransportClient,
  TransportWorker,
} from '../transport.ts'
import { waitFor } from '../wait-for.ts'
import { MemoryQueue } from './memory-queue.ts'

/** Options of `memoryTransport`. Durations are milliseconds. */
export interface MemoryTransportOptions {
  /**
   * Most items of a queue that are not done: an integer of at least 1, or `Infinity`.
   * @default 100_000
   */
  readonly maxItems?: number | undefined
  /**
   * Most bytes of replies that one client has not settled: above 0, or `Infinity`. A client over it
   * can submit nothing.
   * @default 67_108_864
   */
  readonly maxReplyBytes?: number | undefined
  /**
   * Most dead letters of a queue: an integer of at least 1, or `Infinity`. Beyond that the oldest go.
   * @default 10_000
   */
  readonly maxDeadLetters?: number | undefined
  /**
   * For how long a reply is kept for a client that is away: above 0.
   * @default 600_000
   */
  readonly retention?: number | undefined
  /**
   * Where time comes from.
   * @default the system's monotonic clock
   */
  readonly clock?: Clock | undefined
}

export type MemorySettings = {
  readonly [Name in keyof MemoryTransportOptions]-?: NonNullable<MemoryTransportOptions[Name]>
}

const readSettings: Guard<MemorySettings> = /* @__PURE__ */ fields({
  maxItems: /* @__PURE__ */ optional(count, 100_000),
  maxReplyBytes: /* @__PURE__ */ optional(aboveZero, 67_108_864),
  maxDeadLetters: /* @__PURE__ */ optional(count, 10_000),
  retention: /* @__PURE__ */ optional(aboveZero, 600_000),
  clock: /* @__PURE__ */ optional(isClock, systemClock),
})

/**
 * Queues in the memory of this process, for tests and for programs that may become several one day.
 * Nothing outlives the process.
 *
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { BatchWorker, memoryTransport, RemoteBatcher } from 'jitney/remote'
 *
 * const transport = memoryTransport()
 * const worker = new BatchWorker('squares', (numbers: number[]) => numbers.map((n) => n * n), {
 *   transport,
 * })
 * const squares = new RemoteBatcher<number, number>('squares', { transport })
 * await squares.process(3) // => 9
 * await squares.close()
 * await worker.close()
 * ```
 */
export function memoryTransport(options?: MemoryTransportOptions): Transport {
  const settings = readSettings('create memoryTransport', 'options', options)
  const { clock, retention } = settings
  const queues = new Map<string, MemoryQueue>()
  const queueOf = (name: string): MemoryQueue => {
    const queue = queues.get(name) ?? new MemoryQueue(settings)
    queues.set(name, queue)
    return queue
  }
  return {
    retention,
    client: (name, client) => clientOf(queueOf(name), client, clock),
    worker: (name, worker, { lease }) => workerOf(queueOf(name), worker, lease, clock),
    admin: (name) => adminOf(queueOf(name)),
  }
}

function clientOf(queue: MemoryQueue, client: string, clock: Clock): TransportClient {
  let seen = 0
  let isClosed = false
  const newReplies = (): Reply[] | undefined => {
    if (isClosed) return undefined
    const replies = queue.repliesSince(client, seen)
    seen = replies.at(-1)?.order ?? seen
    return replies.map(({ sequence, body }) => ({ sequence, body }))
  }
  return {
    submit: async (items, settled) => queue.submit(client, items, settled),
    replies: async (options) =>
      waitFor(clock, options, { look: newReplies, arrivals: queue.replyArrivals }),
    cancel: async (sequences) => queue.cancel(client, sequences),
    close: async () => {
      isClosed = true
      queue.forgetClient(client)
    },
  }
}

function workerOf(
  queue: MemoryQueue,
  worker: string,
  lease: number,
  clock: Clock,
): TransportWorker {
  let isClosed = false
  const claim = (credit: number): Claim[] | undefined => {
    if (isClosed) return undefined
    queue.hear(worker, lease)
    return queue.claim(worker, credit)
  }
  return {
    claim: async (credit, options) =>
      waitFor(clock, options, {
        look: () => claim(credit),
        arrivals: queue.itemArrivals,
        untilNext: () => queue.untilDue(),
      }),
    takeOver: async (sizes) => {
      queue.hear(worker, lease)
      return queue.takeOver(worker, sizes)
    },
    heartbeat: async (tokens) => {
      queue.hear(worker, lease)
      return queue.heartbeat(worker, tokens)
    },
    complete: async (completions) => queue.complete(worker, completions),
    release: async (tokens) => {
      queue.release(worker, tokens)
    },
    close: async () => {
      isClosed = true
      queue.forgetWorker(worker)
    },
  }
}

function adminOf(queue: MemoryQueue): TransportAdmin {
  return {
    stats: async () => queue.stats(),
    peek: async (most) => queue.peek(most),
    purge: async (most, reply) => queue.purge(most, reply),
    deadLetters: async (most, after) => queue.deadLetters(most, after),
    retryDeadLetters: async (ids) => queue.retryDeadLetters(ids),
    removeDeadLetters: async (ids) => queue.removeDeadLetters(ids),
    close: async () => {},
  }
}
