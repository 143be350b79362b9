/// <reference lib="esnext.disposable" preserve="true" />
import { readCloseOptions } from '../../batcher/call-options.ts'
import { Batcher } from '../../batcher/constructor.ts'
import { BatchAbortedError, BatcherClosedError } from '../../batcher/errors.ts'
import type { CloseOptions } from '../../batcher/processor.ts'
import { Alarm } from '../../platform/readable-alarm.ts'
import { captureContext, type Within } from '../../platform/context.ts'
import { checkFunction } from '../../platform/guards.ts'
import { atEndOfTurn, endOfTurn } from '../../platform/turn.ts'
import { backOff } from '../backoff.ts'
import { inTime } from '../in-time.ts'
import { newId, queueName } from '../names.ts'
import type { Claim, Completion, TransportWorker } from '../transport.ts'
import { readEnvelope } from '../wire/envelope.ts'
import type { RemoteBatchFunction } from './batch-function.ts'
import { completionAfter, completionOf, deadLetter } from './completion-of.ts'
import { Completions } from './completions.ts'
import type { Ending, Held } from './held.ts'
import { readWorkerOptions, type BatchWorkerOptions, type WorkerSettings } from './options.ts'
import { HeldItems } from './held-items.ts'
import { Pulse } from './pulse.ts'
import { runBatch } from './run-batch.ts'
import { type BatchWorkerStats, type Counts, noCounts } from './stats.ts'
import { takeOver } from './take-over.ts'

/** How long the queue may take beyond what it was asked to wait, in milliseconds. */
const patience = 10_000
/** A queue that cannot be reached learns by the leases that the worker is gone. */
const longestFarewell = 2000

type Group = Batcher<Held, Ending>

/**
 * Works on the items of a queue, in batches of its own: the queue hands it single items, as many as it
 * has room for, and its `Batcher` decides when a batch leaves.
 *
 * - **Credit.** It holds no more than `maxBatchSize * (concurrency + 1)` items: what runs, and a batch
 *   to follow.
 * - **At least once.** An item is worked on again when its worker was lost, its batch threw, or the
 *   batch function asks for it by `outcome.retry()`; its `id` stays the same.
 * - **Leases.** It says each third of `lease` that it lives. One that dies loses its items to others
 *   after one lease; one that stood still drops what it had not started.
 * - **Poison.** A batch that throws is split, until the item that spoils it is alone. What a lost worker
 *   held runs apart from all else, in small groups and then alone. After `maxDeliveries` attempts an
 *   item is a dead letter.
 * - **Close.** `close()` claims nothing more, hands back what is not started, ends what is.
 *
 * @example
 * ```ts
 * import { BatchWorker, memoryTransport, RemoteBatcher } from 'jitney/remote'
 *
 * const transport = memoryTransport()
 * const seen: number[] = []
 * const worker = new BatchWorker<number>(
 *   'doubles',
 *   (numbers, { entries }) => {
 *     seen.push(...entries.map(({ attempt }) => attempt))
 *     return numbers.map((n) => n * 2)
 *   },
 *   { transport, maxBatchSize: 100, concurrency: 4 },
 * )
 * const doubles = new RemoteBatcher<number, number>('doubles', { transport })
 * await doubles.processAll([1, 2, 3]) // => [2, 4, 6]
 * seen // => [1, 1, 1]
 * await doubles.close()
 * await worker.close()
 * ```
 */
export class BatchWorker<Item> implements AsyncDisposable {
  /** What the queue knows this worker by; no other has it, also not the next of this machine. */
  readonly id: string = newId()
  readonly #name: string
  readonly #settings: WorkerSettings
  readonly #batchFunction: RemoteBatchFunction<unknown>
  readonly #within: Within = captureContext()
  readonly #link: TransportWorker
  readonly #completions: Completions
  readonly #batcher: Group
  /** For what other workers were lost with. */
  readonly #apart: Group
  readonly #held: HeldItems = new HeldItems()
  readonly #pulse: Pulse
  /** Aborts when nothing more is to be claimed. */
  readonly #claiming: AbortController = new AbortController()
  /** Aborts when nothing is held any more. */
  readonly #living: AbortController = new AbortController()
  readonly #deadline: Alarm
  readonly #counts: Counts = noCounts()
  #phase: 'open' | 'closing' | 'closed' = 'open'
  /** Calls back when no batch runs. */
  #onQuiet: (() => void)[] = []
  readonly #claims: Promise<void>
  readonly #beats: Promise<void>
  #isHandedBack = false
  #onEnd: (() => void)[] = []
  #ended: Promise<void> | undefined

  /**
   * Begins to work at once.
   *
   * @param name of the queue: letters, digits, `_`, `.` and `-`.
   * @throws TypeError or RangeError for wrong arguments.
   */
  constructor(name: string, batchFunction: RemoteBatchFunction<Item>, options: BatchWorkerOptions) {
    const action = 'create BatchWorker'
    this.#name = queueName(action, 'name', name)
    checkFunction(action, 'batchFunction', batchFunction)
    this.#batchFunction = batchFunction as RemoteBatchFunction<unknown>
    this.#settings = readWorkerOptions(action, 'options', options)
    const { clock, concurrency, lease, transport } = this.#settings
    this.#batcher = this.#newGroup(concurrency)
    this.#apart = this.#newGroup(1)
    this.#link = transport.worker(name, this.id, { lease })
    this.#completions = new Completions(this.#link, this.#settings)
    this.#deadline = new Alarm(clock, this.#within, () => {
      this.abort()
    })
    this.#pulse = new Pulse(this.#link, this.#settings, this.#held, this.#counts)
    this.#beats = this.#pulse.goOn(this.#living.signal)
    this.#claims = this.#claim()
    void takeOver(this.#link, this.#settings, this.#claiming.signal, {
      isKnown: () => !this.#pulse.isLate,
      clear: () => {
        this.#batcher.pause()
      },
      quiet: () => this.#quiet(),
      run: async (claims) => {
        await Promise.all(claims.map((claim) => this.#work(claim, this.#apart)))
      },
      free: () => {
        this.#batcher.resume()
      },
    })
  }

  /** The queue's name. */
  get name(): string {
    return this.#name
  }

  /** `'open'`, `'closing'` after `close()` while batches run, then `'closed'`. */
  get state(): 'open' | 'closing' | 'closed' {
    return this.#phase
  }

  /**
   * Claims nothing more, hands back what is not started, and resolves when what was started has
   * ended and the queue knows it. May be called again: a shorter timeout counts. After the timeout
   * it aborts.
   */
  close(options?: CloseOptions): Promise<void> {
    return new Promise((resolve) => {
      const { timeout } = readCloseOptions('close BatchWorker', 'options', options)
      const { clock } = this.#settings
      this.#onEnd.push(resolve)
      if (this.#phase !== 'closed') {
        this.#deadline.set(Math.min(this.#deadline.deadline, clock.now() + timeout))
      }
      if (this.#phase === 'open') void this.#stop()
      this.#update()
    })
  }

  /**
   * Closes the worker now. Batch functions see `reason` on their signals, and what they return is
   * not waited for: their items go to other workers, as another attempt.
   */
  abort(reason: unknown = AbortSignal.abort().reason): void {
    if (this.#phase === 'closed') return
    this.#claiming.abort()
    this.#held.wake()
    this.#phase = 'closed'
    this.#batcher.abort(reason)
    this.#apart.abort(reason)
    this.#update()
  }

  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What the worker does and did, as a frozen plain object. */
  stats(): BatchWorkerStats {
    return Object.freeze({
      name: this.#name,
      id: this.id,
      state: this.#phase,
      held: this.#held.size,
      ...this.#counts,
    })
  }

  #newGroup(concurrency: number): Group {
    const { clock, isolate, maxBatchSize, maxQueueTime, timeout } = this.#settings
    return new Batcher<Held, Ending>(
      async (helds, context) => {
        // Nothing is started that may be somebody else's by now.
        if (this.#pulse.isLate) await this.#pulse.beat()
        this.#counts.active += 1
        try {
          return await runBatch(this.#batchFunction, helds, context, clock.now(), (size) => {
            this.#counts.batches += 1
            this.#counts.items += size
          })
        } finally {
          this.#counts.active -= 1
          if (this.#counts.active === 0) for (const hear of this.#onQuiet.splice(0)) hear()
        }
      },
      {
        name: this.#name,
        maxBatchSize,
        maxQueueTime,
        concurrency,
        timeout,
        splitOnError: isolate,
        batchKey: ({ content }) => content?.header.key,
        clock,
      },
    )
  }

  /** Claims as much as there is room for, until the worker closes. */
  async #claim(): Promise<void> {
    const { clock, concurrency, lease, maxBatchSize } = this.#settings
    const { signal } = this.#claiming
    const most = maxBatchSize * (concurrency + 1)
    for (let failures = 0; !signal.aborted;) {
      // What makes whole batches of what waits: what is over would leave as a small one, and the room
      // that it leaves be filled by another such. No slot is idle for that.
      const { waiting } = this.#held
      const room = most - this.#held.size + waiting
      const credit = Math.floor(room / maxBatchSize) * maxBatchSize - waiting
      if (credit <= 0) {
        await this.#held.nextRoom()
        continue
      }
      try {
        const wait = lease / 3
        const claimed = this.#link.claim(credit, { wait, signal })
        // What it gives after that is found when its lease has ended.
        const claims = await inTime(clock, wait + patience, claimed)
        failures = 0
        for (const claim of claims) void this.#work(claim, this.#batcher)
        // So that what leaves at once has left: only the rest waits for company.
        if (claims.length > 0) await endOfTurn()
      } catch (error) {
        failures += 1
        this.#settings.onError(error)
        await backOff(clock, failures, signal)
      }
    }
  }

  /** Resolves when no batch runs. */
  async #quiet(): Promise<void> {
    if (this.#counts.active === 0) return
    await new Promise<void>((resolve) => {
      this.#onQuiet.push(resolve)
    })
  }

  /** Works on an item, and resolves when it has ended here; never rejects. */
  async #work(claim: Claim, group: Group): Promise<void> {
    const { clock } = this.#settings
    const held: Held = {
      claim,
      deadline: clock.now() + claim.timeToLive,
      isApart: group === this.#apart,
      started: false,
      isGone: false,
    }
    this.#held.add(held)
    try {
      const completion = await this.#run(held, group)
      if (completion !== undefined) await this.#complete(completion)
    } catch {
      // The worker is over: the item goes to others when its lease ends, if not before.
    }
    this.#letGo(held)
  }

  /** What to tell the queue of an item, or nothing if it is not ours any more. */
  async #run(held: Held, group: Group): Promise<Completion | undefined> {
    const settings = this.#settings
    const { claim } = held
    if (claim.attempt > settings.maxDeliveries) {
      return deadLetter(settings, claim, claim.attempt - 1, 'its workers were lost')
    }
    try {
      const { header, payload } = readEnvelope(claim.body)
      held.content = { header, item: settings.codec.decode(payload) }
      const { priority } = header
      const ending = await group.process(held, priority === undefined ? undefined : { priority })
      return ending.kind === 'gone' ? undefined : completionOf(settings, claim, ending)
    } catch (error) {
      const isOver = error instanceof BatchAbortedError || error instanceof BatcherClosedError
      if (!isOver) return completionAfter(settings, claim, error)
      // What was not started is released when the worker leaves, and counts no attempt.
      return held.started ? { kind: 'retry', token: claim.token, delay: 0 } : undefined
    }
  }

  async #complete(completion: Completion): Promise<void> {
    const counted = await this.#completions.add(completion)
    const names = { reply: 'replied', retry: 'retried', dead: 'dead' } as const
    this.#counts[counted ? names[completion.kind] : 'late'] += 1
  }

  #letGo(held: Held): void {
    this.#held.delete(held)
    if (this.#held.size === 0) this.#update()
  }

  /** Claims nothing more, and hands back what is not started. */
  async #stop(): Promise<void> {
    this.#phase = 'closing'
    this.#claiming.abort()
    this.#held.wake()
    await this.#claims
    const free = this.#held.free()
    for (const held of free) held.isGone = true
    try {
      await this.#link.release(free.map(({ claim }) => claim.token))
    } catch (error) {
      // They go to others when their leases end.
      this.#settings.onError(error)
    }
    // What is gone is passed over; it would wait for the end of a batch.
    for (const held of free) this.#letGo(held)
    this.#isHandedBack = true
    this.#update()
  }

  /** Leaves when nothing is held any more. */
  #update(): void {
    if (this.#phase === 'closing' && this.#isHandedBack && this.#held.size === 0) {
      this.#phase = 'closed'
    }
    if (this.#phase !== 'closed') return
    this.#deadline.clear()
    this.#ended ??= this.#end()
    for (const resolve of this.#onEnd.splice(0)) void this.#ended.then(() => atEndOfTurn(resolve))
  }

  /** Bounded, and never rejects. */
  async #end(): Promise<void> {
    const { clock } = this.#settings
    const farewell = async (): Promise<void> => {
      // After `abort()` the queue has yet to hear of what was started.
      await this.#held.empty()
      // One that comes later would tell the queue of a worker that has left.
      this.#living.abort()
      await this.#beats
      await this.#link.close()
    }
    await inTime(clock, longestFarewell, farewell()).catch(this.#settings.onError)
    this.#completions.abort()
    this.#living.abort()
  }
}
