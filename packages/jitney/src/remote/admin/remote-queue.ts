import { fields, optional } from '../../platform/guards.ts'
import { isCodec, isTransport } from '../client/options.ts'
import { RemoteError } from '../errors.ts'
import { queueName } from '../names.ts'
import type { QueuedItem, QueueStats, Transport, TransportAdmin } from '../transport.ts'
import { type Codec, jsonCodec } from '../wire/codec.ts'
import { readEnvelope } from '../wire/envelope.ts'
import { writeFailure } from '../wire/reply.ts'

/** Options of a `RemoteQueue`. */
export interface RemoteQueueOptions {
  /** What carries items: memory, SQLite, Redis or one of your own. */
  readonly transport: Transport
  /**
   * How bytes become items.
   * @default `jsonCodec`
   */
  readonly codec?: Codec | undefined
}

/** An item as it lies in a queue. */
export interface RemoteItem {
  /** What the queue knows it by. */
  readonly id: string
  /** The item, or `undefined` if it cannot be read. */
  readonly item: unknown
  /** Its batch key. */
  readonly key: string | undefined
  /** How many attempts there were. */
  readonly attempts: number
  /** Milliseconds since it was submitted, or given up. */
  readonly age: number
}

/** An item that was given up, and why. */
export interface RemoteDeadLetter extends RemoteItem {
  /** Why it was given up, in words. */
  readonly reason: string
}

/** Which dead letters to list. */
export interface DeadLetterRange {
  /** Most of them: an integer of at least 1. */
  readonly most: number
  /**
   * The last id of the list before.
   * @default none: from the oldest
   */
  readonly after?: string | undefined
}

/** Dead letters, oldest first; `'all'` stands for all ids. */
export interface RemoteDeadLetters {
  /** Lists up to `range.most` of them, 100 if nothing is said. */
  list(range?: DeadLetterRange): Promise<readonly RemoteDeadLetter[]>
  /** Queues them again, as a first attempt; nobody waits for their results. Says how many. */
  retry(ids: readonly string[] | 'all'): Promise<number>
  /** Deletes them. Says how many. */
  remove(ids: readonly string[] | 'all'): Promise<number>
}

/** Items of one call: a long list is no reason for a queue to stand still. */
const page = 100

const readOptions = /* @__PURE__ */ fields<{ transport: Transport; codec: Codec }>({
  transport: isTransport,
  codec: /* @__PURE__ */ optional(isCodec, jsonCodec),
})

/**
 * Looks into a queue, and puts it in order.
 *
 * @example
 * ```ts
 * import { BatchWorker, memoryTransport, RemoteBatcher, RemoteQueue } from 'jitney/remote'
 *
 * const transport = memoryTransport()
 * const broken = (): never => {
 *   throw new Error('broken')
 * }
 * const worker = new BatchWorker('pages', broken, { transport, maxDeliveries: 1 })
 * const pages = new RemoteBatcher<string, string>('pages', { transport })
 * await pages.process('/home').catch((error) => error.code) // => 'JITNEY_REMOTE_GIVEN_UP'
 *
 * const queue = new RemoteQueue('pages', { transport })
 * const [letter] = await queue.deadLetters.list()
 * letter?.item // => '/home'
 * letter?.reason // => 'broken'
 * await queue.deadLetters.remove('all') // => 1
 * await pages.close()
 * await worker.close()
 * ```
 */
export class RemoteQueue {
  readonly #name: string
  readonly #admin: TransportAdmin
  readonly #codec: Codec
  /** What was given up. */
  readonly deadLetters: RemoteDeadLetters

  /**
   * @param name of the queue: letters, digits, `_`, `.` and `-`.
   * @throws TypeError or RangeError for wrong arguments.
   */
  constructor(name: string, options: RemoteQueueOptions) {
    const action = 'create RemoteQueue'
    this.#name = queueName(action, 'name', name)
    const { transport, codec } = readOptions(action, 'options', options)
    this.#codec = codec
    const admin = transport.admin(name)
    this.#admin = admin
    this.deadLetters = {
      list: async ({ most, after } = { most: page }) => {
        const letters = await admin.deadLetters(most, after)
        return letters.map((letter) => ({ ...this.#view(letter), reason: letter.reason }))
      },
      retry: (ids) => this.#inPages(ids, (some) => admin.retryDeadLetters(some)),
      remove: (ids) => this.#inPages(ids, (some) => admin.removeDeadLetters(some)),
    }
  }

  /** What lies in the queue: counts and milliseconds. */
  stats(): Promise<QueueStats> {
    return this.#admin.stats()
  }

  /** The items that will be claimed next. */
  async peek(most: number = page): Promise<readonly RemoteItem[]> {
    return (await this.#admin.peek(most)).map((item) => this.#view(item))
  }

  /** Deletes all that no worker holds; their callers get a `RemoteError`. Says how many. */
  async purge(): Promise<number> {
    const message = `Cannot process item of '${this.#name}': it was deleted from the queue`
    const reply = writeFailure(new RemoteError('JITNEY_REMOTE_PURGED', message))
    let purged = 0
    for (;;) {
      const some = await this.#admin.purge(page, reply)
      purged += some
      if (some < page) return purged
    }
  }

  /** Ends what the transport has open for this object; the queue stays as it is. */
  close(): Promise<void> {
    return this.#admin.close()
  }

  #view({ id, body, attempts, age }: QueuedItem): RemoteItem {
    try {
      const { header, payload } = readEnvelope(body)
      return { id, item: this.#codec.decode(payload), key: header.key, attempts, age }
    } catch {
      return { id, item: undefined, key: undefined, attempts, age }
    }
  }

  async #inPages(
    ids: readonly string[] | 'all',
    act: (ids: readonly string[]) => Promise<number>,
  ): Promise<number> {
    // All that there are now: one that is given up again at once must not keep this going.
    const chosen = ids === 'all' ? await this.#deadIds() : ids
    let done = 0
    for (let start = 0; start < chosen.length; start += page) {
      done += await act(chosen.slice(start, start + page))
    }
    return done
  }

  async #deadIds(): Promise<string[]> {
    const ids: string[] = []
    for (;;) {
      const letters = await this.#admin.deadLetters(page, ids.at(-1))
      ids.push(...letters.map(({ id }) => id))
      if (letters.length < page) return ids
    }
  }
}
