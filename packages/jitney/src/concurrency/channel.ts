import { countOrZero } from '../platform/guards.ts'
import { failure } from './failure.ts'
import { createLine, type Line } from './line.ts'
import type { Results } from './results.ts'

/** Options of `send` and `receive`. */
export interface ChannelOptions {
  /**
   * Ends the wait: the promise rejects with its reason, and the channel is as if nobody had come.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
}

/**
 * Values handed from those who send to those who receive, in order, each to one receiver.
 *
 * - At most `capacity` values lie in the channel; who sends more waits. With the default of 0 nothing
 *   lies there: a sender waits until its value is received.
 * - First come, first served, on both sides.
 * - After `close()` the values that lie in the channel can still be received. Then `receive` rejects
 *   and loops end. Who is sending then is rejected, its value dropped.
 * - A send or receive that aborts leaves the channel unchanged: no value is lost or doubled.
 * - Leaving a loop over the channel does not close it, and takes no value with it. Several loops may
 *   share a channel.
 * - Each operation takes constant time on average, however much lies or waits there.
 *
 * @example
 * ```ts
 * import { Channel } from 'jitney'
 *
 * const letters = new Channel<string>()
 * async function write(): Promise<void> {
 *   for (const letter of 'abc') await letters.send(letter)
 *   letters.close()
 * }
 * const writing = write()
 * const read: string[] = []
 * for await (const letter of letters) read.push(letter)
 * await writing
 * read // => ['a', 'b', 'c']
 * ```
 */
export class Channel<Value> {
  /** Most values that lie in the channel. */
  readonly capacity: number
  /** What lies there, by number, in the order in which it came. */
  readonly #values = new Map<number, Value>()
  #head = 0
  #tail = 0
  #closed = false
  readonly #senders: Line<void, Value> = createLine(
    'send',
    () =>
      this.#closed ? 1 : this.capacity + (this.#receivers.foremost ? 1 : 0) - this.#values.size,
    (_, value) => {
      if (this.#closed) throw closed()
      this.#values.set((this.#tail += 1), value as Value)
      this.#receivers.serveAll()
    },
  )
  readonly #receivers: Line<Value> = createLine(
    'receive',
    () => (this.#closed ? 1 : this.#available),
    () => {
      if (this.#available === 0) throw closed()
      // Whoever waits longest hands over its value as one is received.
      const { foremost: first } = this.#senders
      first?.leave()
      first?.onServed()
      const value = this.#values.get((this.#head += 1)) as Value
      this.#values.delete(this.#head)
      return value
    },
  )

  /** @param capacity an integer of at least 0, or `Infinity`; 0 by default. */
  constructor(capacity = 0) {
    this.capacity = countOrZero('create Channel', 'capacity', capacity)
  }

  /**
   * Resolves when the value was received, or lies in the channel. Rejects with the signal's reason
   * if that aborts before, and with `JITNEY_CHANNEL_CLOSED` if the channel is or was closed before.
   */
  send(value: Value, options?: ChannelOptions): Promise<void> {
    return this.#senders.enrol(options, value)
  }

  /**
   * Resolves to the value that was sent first. Rejects with the signal's reason if that aborts before,
   * and with `JITNEY_CHANNEL_CLOSED` once the channel is closed and nothing lies in it.
   */
  receive(options?: ChannelOptions): Promise<Value> {
    return this.#receivers.enrol(options)
  }

  /**
   * Sends at once or not at all: false if the value would have to wait.
   *
   * @throws Error with the code `JITNEY_CHANNEL_CLOSED` once the channel is closed.
   */
  trySend(value: Value): boolean {
    return this.#senders.tryNow({}, value) !== undefined
  }

  /** Receives at once, also from a sender that waits, or gives `undefined`. */
  tryReceive(): { value: Value } | undefined {
    return this.#available > 0 ? this.#receivers.tryNow() : undefined
  }

  /** Refuses all that is not in the channel yet. The second time it does nothing. */
  close(): void {
    this.#closed = true
    this.#senders.serveAll()
    this.#receivers.serveAll()
  }

  /** A loop over all values. It ends when the channel is closed and nothing lies in it. */
  [Symbol.asyncIterator](): Results<Value> {
    const left = new AbortController()
    const options = { signal: left.signal }
    const done: IteratorResult<Value, undefined> = { done: true, value: undefined }
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () =>
        this.receive(options).then(
          (value): IteratorResult<Value, undefined> => ({ done: false, value }),
          () => done,
        ),
      async return() {
        left.abort()
        return done
      },
    }
  }

  /** A sender that waits has a value at hand too. */
  get #available(): number {
    return this.#values.size + (this.#senders.foremost ? 1 : 0)
  }
}

function closed(): Error {
  return failure('JITNEY_CHANNEL_CLOSED', 'use Channel', 'it is closed')
}
