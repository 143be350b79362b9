import { countOrZero } from '../platform/guards.ts'
import { failure } from './failure.ts'
import { Line } from './line.ts'
import type { Results } from './results.ts'

/** Options of `send` and `receive`. */
export interface ChannelOptions {
  /** Ends the wait: the promise rejects with its reason, and the channel is as if nobody had come. */
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
  /** Values in the order in which they came, and before them some in the opposite order. */
  #in: Value[] = []
  #out: Value[] = []
  #closed = false
  readonly #senders = new Line(
    () =>
      !this.#closed &&
      (this.#size < this.capacity || (this.#size === 0 && this.#receivers.first !== undefined)),
  )
  readonly #receivers = new Line(
    () => this.#size > 0,
    () => {
      this.#senders.serve()
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
    return this.#senders.wait('send', options, ['signal'], one, () => {
      this.#put(value)
    })
  }

  /**
   * Resolves to the value that was sent first. Rejects with the signal's reason if that aborts before,
   * and with `JITNEY_CHANNEL_CLOSED` once the channel is closed and nothing lies in it.
   */
  receive(options?: ChannelOptions): Promise<Value> {
    return this.#receivers.wait('receive', options, ['signal'], one, this.#take)
  }

  /**
   * Sends at once or not at all: false if the value would have to wait.
   *
   * @throws Error with the code `JITNEY_CHANNEL_CLOSED` once the channel is closed.
   */
  trySend(value: Value): boolean {
    if (this.#closed) throw closed('send')
    const sent = this.#senders.admits()
    if (sent) this.#put(value)
    return sent
  }

  /** Receives at once, also from a sender that waits, or gives `undefined`. */
  tryReceive(): { value: Value } | undefined {
    let received: { value: Value } | undefined
    const receive = (): void => {
      received = { value: this.#take() }
    }
    this.#receivers.enter(1, receive, ignore)?.()
    return received
  }

  /** Refuses all that is not in the channel yet. The second time it does nothing. */
  close(): void {
    this.#closed = true
    this.#senders.close(() => closed('send'))
    this.#receivers.close(() => closed('receive'))
  }

  /** A loop over all values. It ends when the channel is closed and nothing lies in it. */
  [Symbol.asyncIterator](): Results<Value> {
    const left = new AbortController()
    const done = { done: true, value: undefined } as const
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () =>
        new Promise<IteratorResult<Value, undefined>>((resolve) => {
          const receive = (): void => {
            resolve({ done: false, value: this.#take() })
          }
          const end = (): void => {
            resolve(done)
          }
          this.#receivers.enter(1, receive, end, left.signal)
        }),
      return: () => {
        left.abort()
        return Promise.resolve(done)
      },
    }
  }

  get #size(): number {
    return this.#in.length + this.#out.length
  }

  #put(value: Value): void {
    this.#in.push(value)
    this.#receivers.serve()
  }

  readonly #take = (): Value => {
    if (this.#out.length === 0) {
      this.#out = this.#in.toReversed()
      this.#in = []
    }
    const value = this.#out.pop() as Value
    this.#senders.serve()
    return value
  }
}

const one = (): number => 1

function closed(action: string): Error {
  return failure('JITNEY_CHANNEL_CLOSED', action, 'the channel is closed')
}

function ignore(): void {}
