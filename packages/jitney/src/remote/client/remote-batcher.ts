/// <reference lib="esnext.disposable" preserve="true" />
import { readCloseOptions } from '../../batcher/call-options.ts'
import { BatcherClosedError, QueueFullError } from '../../batcher/errors.ts'
import type { CloseOptions, Processor } from '../../batcher/processor.ts'
import { mapIterable } from '../../concurrency/map/map-iterable.ts'
import { Alarm } from '../../platform/readable-alarm.ts'
import { captureContext, type Within } from '../../platform/context.ts'
import { checkIterable, has } from '../../platform/guards.ts'
import { messageOf } from '../../platform/message-of.ts'
import { onAbort } from '../../platform/on-abort.ts'
import { atEndOfTurn } from '../../platform/turn.ts'
import { OutcomeUnknownError, RemoteAbortedError, RemoteError } from '../errors.ts'
import { inTime } from '../in-time.ts'
import { newId, queueName } from '../names.ts'
import type { Reply, TransportClient } from '../transport.ts'
import { readReply } from '../wire/reply.ts'
import { type Call, isWaiting } from './call.ts'
import { type RemoteProcessOptions, timeoutOf } from './call-options.ts'
import { Deadlines } from './deadlines.ts'
import { encodeItem } from './encode-item.ts'
import { readRemoteOptions, type RemoteBatcherOptions, type RemoteSettings } from './options.ts'
import { ReplyListener } from './reply-listener.ts'
import { Settlements } from './settlements.ts'
import type { RemoteBatcherStats } from './stats.ts'
import { Submissions } from './submissions.ts'

/** A queue that cannot be reached forgets this client by itself. */
const longestFarewell = 2000

/**
 * Hands single items to a queue that many processes share, where workers on any number of machines
 * form the batches. A `Processor` like `Batcher`: what calls it need not change.
 *
 * - **Settlement.** Each call of `process` is settled exactly once. Execution is at least once: the
 *   batch function gets the `id` of each item, the same in all attempts.
 * - **Acceptance.** What the queue has accepted is not lost when this process, a worker or the
 *   queue's own process dies, as far as the transport promises. Until it is accepted, an item is
 *   submitted again under the same id, which is safe while the queue remembers ids.
 * - **Doubt.** When half of that time has passed without an answer, the caller gets an
 *   `OutcomeUnknownError`, and nothing is sent again.
 * - **Bounds.** `maxQueueSize` bounds what is on its way; a queue that is full is waited for.
 * - **Cancellation.** A caller's signal ends its own wait at once. What no worker holds by then is
 *   taken back.
 * - **Close.** `close()` waits for all results, `abort()` settles everyone now; what the queue has
 *   accepted is done all the same.
 *
 * @example
 * ```ts
 * import { BatchWorker, memoryTransport, RemoteBatcher } from 'jitney/remote'
 *
 * const transport = memoryTransport() // or one that other machines reach
 * const worker = new BatchWorker('lengths', (texts: string[]) => texts.map((text) => text.length), {
 *   transport,
 * })
 * const lengths = new RemoteBatcher<string, number>('lengths', { transport })
 * await lengths.processAll(['a', 'bcd']) // => [1, 3]
 * await lengths.close()
 * await worker.close()
 * ```
 */
export class RemoteBatcher<Item, Result> implements Processor<Item, Result>, AsyncDisposable {
  readonly #name: string
  readonly #settings: RemoteSettings
  readonly #within: Within = captureContext()
  readonly #client: TransportClient
  readonly #settlements: Settlements
  readonly #submissions: Submissions
  readonly #listener: ReplyListener
  /** Those who have a sequence, by it. */
  readonly #active: Map<number, Call> = new Map()
  /** Those who wait for room. */
  readonly #waiting: Set<Call> = new Set()
  readonly #deadlines: Deadlines
  /** Rings when it is time to submit again what was accepted long ago. */
  readonly #reminder: Alarm
  readonly #closing: Alarm
  readonly #counts = { fulfilled: 0, rejected: 0, aborted: 0, refused: 0 }
  #phase: 'open' | 'closing' | 'closed' = 'open'
  #lastSequence = 0
  /** Those among the accepted that have ended: stats need not look at all calls. */
  #endedAccepted = 0
  #onEnd: (() => void)[] = []
  #ended: Promise<void> | undefined

  /**
   * @param name of the queue: letters, digits, `_`, `.` and `-`.
   * @throws TypeError or RangeError for wrong arguments.
   */
  constructor(name: string, options: RemoteBatcherOptions<Item>) {
    this.#name = queueName('create RemoteBatcher', 'name', name)
    this.#settings = readRemoteOptions(options)
    const { clock, submitTimeout, timeout, transport } = this.#settings
    const within = this.#within
    this.#client = transport.client(name, newId())
    this.#settlements = new Settlements(this.#client, clock, within, submitTimeout)
    this.#submissions = new Submissions(this.#client, this.#settings, this.#settlements, (call) => {
      this.#giveUp(call)
    })
    this.#listener = new ReplyListener(
      this.#client,
      clock,
      (replies) => {
        for (const reply of replies) this.#hear(reply)
      },
      (duration) => {
        this.#hearNothing(duration)
      },
    )
    this.#deadlines = new Deadlines(clock, within, timeout, (call) => {
      const message = this.#message(`no result within ${call.timeout} ms`)
      this.#reject(call, new RemoteError('JITNEY_REMOTE_DEADLINE', message))
    })
    this.#reminder = new Alarm(clock, within, () => {
      this.#resubmit()
    })
    this.#closing = new Alarm(clock, within, () => {
      this.abort()
    })
  }

  /** The queue's name. */
  get name(): string {
    return this.#name
  }

  /** `'open'`, `'closing'` after `close()` while callers wait, then `'closed'`. */
  get state(): 'open' | 'closing' | 'closed' {
    return this.#phase
  }

  process(item: Item, options?: RemoteProcessOptions): Promise<Result> {
    // What is thrown in here rejects the promise.
    return new Promise((resolve) => {
      const ownTimeout = timeoutOf('process item', options)
      const signal = options?.signal
      // oxlint-disable-next-line typescript/only-throw-error -- the caller's own reason
      if (signal?.aborted) throw signal.reason
      if (this.#phase !== 'open') {
        this.#counts.refused += 1
        throw new BatcherClosedError(this.#message('the batcher is closed'))
      }
      const { clock, maxQueueSize, overflow } = this.#settings
      const timeout = Math.min(ownTimeout, this.#settings.timeout)
      const hasRoom = this.#active.size < maxQueueSize
      if (!hasRoom && overflow === 'reject') {
        this.#counts.refused += 1
        const why = `${maxQueueSize} items are on their way, which is 'maxQueueSize'`
        throw Object.assign(new QueueFullError(this.#message(why)), { maxQueueSize })
      }
      const priority = options?.priority ?? 0
      const call: Call = {
        sequence: 0,
        body: encodeItem(this.#settings, item, priority),
        priority,
        timeout,
        deadline: timeout === Infinity ? Infinity : clock.now() + timeout,
        resolve: resolve as Call['resolve'],
        forgetSignal: undefined,
        accepted: false,
        answered: false,
        underWay: 0,
        submitting: false,
        knownAt: undefined,
      }
      if (signal) {
        call.forgetSignal = onAbort(signal, () => {
          this.#counts.aborted += 1
          this.#settle(call, rejection(signal.reason))
        })
      }
      this.#deadlines.add(call)
      if (hasRoom) this.#admit(call)
      else this.#waiting.add(call)
    })
  }

  async processAll(items: Iterable<Item>, options?: RemoteProcessOptions): Promise<Result[]> {
    return Promise.all(this.#processEach(items, options))
  }

  async processAllSettled(
    items: Iterable<Item>,
    options?: RemoteProcessOptions,
  ): Promise<PromiseSettledResult<Result>[]> {
    return Promise.allSettled(this.#processEach(items, options))
  }

  processIterable(
    source: Iterable<Item> | AsyncIterable<Item>,
    options?: RemoteProcessOptions,
  ): AsyncIterableIterator<Result> {
    if (!has(source, Symbol.asyncIterator)) checkIterable('process items', 'source', source)
    timeoutOf('process items', options)
    const ahead = Math.min(this.#settings.maxQueueSize, 10_000)
    return mapIterable(
      source as AsyncIterable<Item>,
      (item, _index, { signal }) => this.process(item, { ...options, signal }),
      { concurrency: ahead, buffer: 0, signal: options?.signal },
    )
  }

  close(options?: CloseOptions): Promise<void> {
    return new Promise((resolve) => {
      const { timeout } = readCloseOptions('close RemoteBatcher', 'options', options)
      const { clock } = this.#settings
      if (this.#phase === 'open') this.#phase = 'closing'
      if (this.#phase === 'closing') {
        this.#closing.set(Math.min(this.#closing.deadline, clock.now() + timeout))
      }
      this.#onEnd.push(resolve)
      this.#update()
    })
  }

  /**
   * Closes the batcher and settles every caller now: each rejects with a `RemoteAbortedError` of its
   * own with `cause: reason`. What the queue has accepted is done all the same.
   *
   * @param reason anything; an `AbortError` by default.
   */
  abort(reason: unknown = AbortSignal.abort().reason): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closing'
    this.#submissions.abort()
    for (const call of [...this.#waiting, ...this.#active.values()]) {
      // Nothing is taken back: the queue keeps what it has.
      call.answered ||= call.accepted
      this.#reject(
        call,
        new RemoteAbortedError(this.#message(messageOf(reason)), call.accepted, reason),
      )
    }
    this.#update()
  }

  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What the batcher does and did, as a frozen plain object. */
  stats(): RemoteBatcherStats {
    return Object.freeze({
      name: this.#name,
      state: this.#phase,
      active: this.#active.size,
      accepted: this.#submissions.accepted - this.#endedAccepted,
      waiting: this.#waiting.size,
      ...this.#counts,
    })
  }

  #processEach(
    items: Iterable<Item>,
    options: RemoteProcessOptions | undefined,
  ): Promise<Result>[] {
    checkIterable('process items', 'items', items)
    timeoutOf('process items', options)
    // Copied first: if the iteration throws, nothing has been handed over.
    return [...items].map((item) => this.process(item, options))
  }

  #admit(call: Call): void {
    call.sequence = this.#lastSequence += 1
    this.#active.set(call.sequence, call)
    this.#submissions.add(call)
    if (this.#listener.isListening) return
    this.#within(() => {
      this.#listener.start()
    })
    this.#remind()
  }

  #hear({ sequence, body }: Reply): void {
    const call = this.#active.get(sequence)
    if (call === undefined) return
    call.answered = true
    const outcome = readReply(this.#settings.codec, body)
    if (outcome.ok) {
      this.#counts.fulfilled += 1
      this.#settle(call, outcome.value)
    } else this.#reject(call, outcome.error)
  }

  /** Replies may have been forgotten since. */
  #hearNothing(duration: number): void {
    if (duration < this.#settings.transport.retention / 2) return
    for (const call of this.#active.values()) if (call.accepted) this.#giveUp(call)
  }

  #giveUp(call: Call): void {
    // It may be done yet, and nobody waits for that.
    call.answered = true
    const why = 'the queue could not be reached for too long, or has no reply any more'
    this.#reject(call, new OutcomeUnknownError(this.#message(why)))
  }

  /** Submits again what the queue has not spoken of for long: it may have lost it. */
  #resubmit(): void {
    const { clock, resubmitAfter } = this.#settings
    const latest = clock.now() - resubmitAfter
    for (const call of this.#active.values()) {
      if (call.accepted && (call.knownAt ?? 0) <= latest) this.#submissions.add(call)
    }
    this.#remind()
  }

  #remind(): void {
    const { clock, resubmitAfter } = this.#settings
    this.#reminder.set(clock.now() + resubmitAfter / 2)
  }

  #reject(call: Call, error: unknown): void {
    if (!isWaiting(call)) return
    this.#counts.rejected += 1
    this.#settle(call, rejection(error))
  }

  #settle(call: Call, result: unknown): void {
    const { resolve, sequence } = call
    if (resolve === undefined) return
    call.resolve = undefined
    call.forgetSignal?.()
    this.#deadlines.delete(call)
    this.#waiting.delete(call)
    const wasActive = this.#active.delete(sequence)
    if (call.accepted) this.#endedAccepted += 1
    // One that is still on its way to the queue is told of when that has ended.
    if (wasActive && call.underWay === 0 && call.knownAt !== undefined) this.#settlements.add(call)
    resolve(result)
    for (const next of this.#waiting) {
      if (this.#active.size >= this.#settings.maxQueueSize) break
      this.#waiting.delete(next)
      this.#admit(next)
    }
    if (this.#active.size === 0) this.#update()
  }

  /** Nobody waits: nothing goes on, and who waits for that hears. */
  #update(): void {
    if (this.#active.size + this.#waiting.size > 0) return
    this.#listener.stop()
    this.#reminder.clear()
    if (this.#phase === 'open') return
    this.#closing.clear()
    this.#phase = 'closed'
    this.#ended ??= this.#end()
    // After the callers have heard.
    for (const resolve of this.#onEnd.splice(0)) void this.#ended.then(() => atEndOfTurn(resolve))
  }

  /** Tells the queue what it need not keep, and leaves. Bounded, and never rejects. */
  async #end(): Promise<void> {
    const { clock, submitTimeout } = this.#settings
    const farewell = async (): Promise<void> => {
      await this.#submissions.end()
      await this.#settlements.flush()
      await this.#client.close()
    }
    await inTime(clock, Math.min(submitTimeout, longestFarewell), farewell()).catch(() => {})
    this.#settlements.end()
  }

  #message(why: string): string {
    return `Cannot process item of '${this.#name}': ${why}`
  }
}

/** Resolving with it rejects, and only the caller's own promise can be reported as unhandled. */
function rejection(error: unknown): Promise<never> {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- any reason travels as it is
  return Promise.reject(error)
}
