import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'

import { Batcher, type BatchContext, type BatcherOptions, BatchTimeoutError, outcome } from 'jitney'
import { type Deferred, deferred, ManualClock, settle } from 'jitney/testing'

/** What can be done to a batcher whose batch function is not reliable. */
export const recoveryMoves = {
  callers: ['process', 'process, own signal', 'process, shared signal', 'abort a caller'],
  batches: ['end a batch', 'fail a batch', 'fail a batch', 'fail it for good', 'ask again'],
  flow: ['flush', 'onIdle', 'pause', 'resume', 'resume', 'resize', 'wait', 'wait long'],
  ends: ['close', 'close at once', 'abort'],
} as const
export type RecoveryMove = (typeof recoveryMoves)[keyof typeof recoveryMoves][number]

export interface RecoverySettings {
  readonly maxBatchSize: number
  readonly concurrency: number
  readonly maxQueueSize: number
  readonly overflow: 'reject' | 'wait'
  readonly timeout: number
  readonly attempts: number | undefined
  /** Whether timeouts are retried too. */
  readonly always: boolean
  readonly splitOnError: boolean
  /** How many different items there are, if equal ones are shared. */
  readonly kinds: number | undefined
  readonly keys: number | undefined
}

/** What happens where the batcher calls the program: each call takes the next, then nothing. */
export interface RecoveryReactions {
  readonly whenCalled: RecoveryMove[]
  readonly whenAsked: RecoveryMove[]
  readonly whenAborted: RecoveryMove[]
  readonly whenSettled: RecoveryMove[]
}

interface Running {
  readonly items: readonly number[]
  readonly ids: readonly string[]
  readonly end: Deferred<unknown[]>
}

/** Moves in any order, and what must hold all the time and at the end. */
export class RecoveryChaos {
  readonly #clock = new ManualClock()
  readonly #settings: RecoverySettings
  readonly #reactions: RecoveryReactions
  readonly #batcher: Batcher<number, unknown>
  readonly #controllers: AbortController[] = []
  readonly #settled: number[] = []
  readonly #waits: boolean[] = []
  readonly #attempts = new Map<string, number>()
  readonly #running = new Set<Running>()
  /** What was broken where nobody would hear an exception. */
  readonly #broken = new Set<string>()
  #size: number
  #largest: number

  constructor(settings: RecoverySettings, reactions: RecoveryReactions) {
    const { attempts, always, kinds, keys, ...rest } = settings
    this.#settings = settings
    this.#reactions = reactions
    this.#size = settings.maxBatchSize
    this.#largest = settings.maxBatchSize
    const when = (error: unknown): boolean => {
      this.#react('whenAsked')
      return always || !(error instanceof BatchTimeoutError)
    }
    const options: BatcherOptions<number> = {
      ...rest,
      clock: this.#clock,
      retry: attempts === undefined ? undefined : { attempts, minDelay: 5, maxDelay: 20, when },
      dedupeKey: kinds === undefined ? undefined : (item) => item % kinds,
      batchKey: keys === undefined ? undefined : (item) => item % keys,
    }
    this.#batcher = new Batcher<number, unknown>(this.#batchFunction, options)
  }

  async move(move: RecoveryMove, turn: boolean): Promise<void> {
    this.#act(move)
    if (move === 'wait') await this.#clock.advance(3)
    if (move === 'wait long') await this.#clock.advance(30)
    if (turn) await settle()
    this.#verify()
  }

  /** Ends all that runs, closes, and looks for what was left behind. */
  async end(): Promise<void> {
    this.#watch(this.#batcher.close())
    await this.#clock.advance(0)
    for (let round = 0; this.#running.size > 0; round += 1) {
      assert.ok(round < 1000, 'the end is reached')
      for (const run of this.#running) this.#end(run, () => 'a result')
      await this.#clock.advance(0)
    }
    this.#verify()
    assert.ok(
      this.#settled.every((times) => times === 1),
      'every caller is settled once',
    )
    assert.ok(this.#waits.every(Boolean), 'every flush, onIdle and close resolved')
    assert.equal(this.#clock.timerCount, 0, 'no timer is left')
    for (const { signal } of this.#controllers) {
      assert.equal(getEventListeners(signal, 'abort').length, 0, 'no listener is left')
    }
    const { state, queued, waiting, active, abandoned, ...sums } = this.#batcher.stats()
    assert.deepEqual(
      { state, queued, waiting, active, abandoned },
      { state: 'closed', queued: 0, waiting: 0, active: 0, abandoned: 0 },
    )
    const { fulfilled, rejected, aborted, refused } = sums
    assert.equal(fulfilled + rejected + aborted + refused, this.#settled.length, 'the sums')
  }

  #act(move: RecoveryMove): void {
    const [run] = this.#running
    switch (move) {
      case 'process':
        this.#process(undefined)
        break
      case 'process, own signal':
        this.#process(this.#newController())
        break
      case 'process, shared signal':
        this.#process(this.#sharedController())
        break
      case 'abort a caller':
        this.#controllers
          .find(({ signal }) => getEventListeners(signal, 'abort').length > 0)
          ?.abort()
        break
      case 'end a batch':
        if (run !== undefined) this.#end(run, () => 'a result')
        break
      case 'fail a batch':
        this.#fail(run, new Error('the batch failed'))
        break
      case 'fail it for good':
        this.#fail(run, Object.assign(new Error('slow down'), { status: 429 }))
        break
      case 'ask again':
        if (run !== undefined) {
          const again = [outcome.retry(), outcome.retry({ after: 4 }), 'a result']
          this.#end(run, (item) => again[item % 3])
        }
        break
      case 'flush':
        this.#watch(this.#batcher.flush())
        break
      case 'onIdle':
        this.#watch(this.#batcher.onIdle())
        break
      case 'pause':
        this.#batcher.pause()
        break
      case 'resume':
        this.#batcher.resume()
        break
      case 'resize':
        this.#size = (this.#size % 5) + 1
        this.#largest = Math.max(this.#largest, this.#size)
        this.#batcher.maxBatchSize = this.#size
        break
      case 'close':
        this.#watch(this.#batcher.close())
        break
      case 'close at once':
        this.#watch(this.#batcher.close({ timeout: 0 }))
        break
      case 'abort':
        this.#batcher.abort('an abort')
        break
      case 'wait':
      case 'wait long':
        break
    }
  }

  #process(controller: AbortController | undefined): void {
    const item = this.#settled.push(0) - 1
    const settled = (): void => {
      this.#settled[item] = (this.#settled[item] ?? 0) + 1
      this.#react('whenSettled')
    }
    this.#batcher.process(item, { signal: controller?.signal }).then(settled, settled)
  }

  readonly #batchFunction = (
    items: number[],
    { entries, key, signal }: BatchContext,
  ): Promise<unknown[]> => {
    const { concurrency, keys, kinds } = this.#settings
    this.#expect(this.#running.size < concurrency, 'concurrency')
    this.#expect(items.length > 0 && items.length <= this.#largest, 'maxBatchSize')
    this.#expect(items.length === entries.length, 'an entry for each item')
    this.#expect(!signal.aborted, 'nobody is called when nobody waits')
    this.#expect(new Set(items).size === items.length, 'no item twice')
    if (kinds !== undefined) {
      const distinct = new Set(items.map((item) => item % kinds))
      this.#expect(distinct.size === items.length, 'equal items are sent once')
    }
    this.#expect(
      items.every((item) => key === (keys === undefined ? undefined : item % keys)),
      'one key in a batch',
    )
    for (const [index, entry] of entries.entries()) {
      const { id, attempt } = entry
      this.#expect(attempt === (this.#attempts.get(id) ?? 0) + 1, 'attempts count one by one')
      this.#expect(!entry.signal.aborted, 'somebody waits for each item')
      this.#expect(attempt <= this.#mostAttempts(), 'attempts are bounded')
      this.#attempts.set(id, attempt)
      entry.signal.addEventListener('abort', () => {
        this.#react('whenAborted')
      })
      for (const { ids, items: others } of this.#running) {
        this.#expect(!ids.includes(id), 'no item runs twice at once')
        this.#expect(!others.includes(items[index] ?? -1), 'no item runs twice at once')
      }
    }
    const run = { items: [...items], ids: entries.map(({ id }) => id), end: deferred<unknown[]>() }
    this.#running.add(run)
    this.#react('whenCalled')
    return run.end.promise
  }

  /** Those of retry, and one for each time that a batch can be halved. */
  #mostAttempts(): number {
    const { attempts = 3, splitOnError } = this.#settings
    const halvings = splitOnError ? Math.ceil(Math.log2(this.#largest)) : 0
    return attempts + halvings
  }

  #end(run: Running, make: (item: number) => unknown): void {
    this.#running.delete(run)
    run.end.resolve(run.items.map(make))
  }

  #fail(run: Running | undefined, error: Error): void {
    if (run === undefined) return
    this.#running.delete(run)
    run.end.reject(error)
  }

  #react(where: keyof RecoveryReactions): void {
    const move = this.#reactions[where].shift()
    if (move !== undefined) this.#act(move)
  }

  #newController(): AbortController {
    const controller = new AbortController()
    this.#controllers.push(controller)
    return controller
  }

  #sharedController(): AbortController {
    const newest = this.#controllers.at(-1)
    return newest?.signal.aborted === false ? newest : this.#newController()
  }

  #watch(promise: Promise<void>): void {
    const index = this.#waits.push(false) - 1
    void promise.then(() => {
      this.#waits[index] = true
    })
  }

  #expect(holds: boolean, guarantee: string): void {
    if (!holds) this.#broken.add(guarantee)
  }

  #verify(): void {
    assert.ok(
      this.#settled.every((times) => times <= 1),
      'nobody is settled twice',
    )
    assert.deepEqual([...this.#broken], [], 'broken guarantees')
    const { queued, waiting, active } = this.#batcher.stats()
    assert.ok(Math.min(queued, waiting, active) >= 0, 'no count is negative')
    if (queued + waiting + active === 0) {
      assert.equal(this.#clock.timerCount, 0, 'no timer runs while nothing waits')
    }
  }
}
