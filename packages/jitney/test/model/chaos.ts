import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'

import { Batcher, type BatchContext, outcome } from 'jitney'
import { type Deferred, deferred, ManualClock, settle } from 'jitney/testing'

import type { Settings } from './model.ts'

/** What can be done to a batcher at any moment, from any place. */
export const moves = {
  callers: ['process', 'process, own signal', 'process, shared signal', 'abort a caller'],
  batches: ['end a batch', 'fail a batch', 'end an outcome'],
  flow: ['flush', 'onIdle', 'pause', 'resume', 'resume'],
  ends: ['close', 'close at once', 'abort'],
} as const
export type Move = (typeof moves)[keyof typeof moves][number]

/** How long to wait before the next move. */
export const gaps = ['none', 'a job', 'three jobs', 'a turn', 'some time'] as const
export type Gap = (typeof gaps)[number]

/** How a batch function behaves. */
export const manners = ['waits', 'returns', 'throws', 'promises each'] as const
type Manner = (typeof manners)[number]

/** What happens where the batcher calls the program: each call takes the next, then nothing. */
export interface Reactions {
  readonly manners: Manner[]
  readonly whenCalled: Move[]
  readonly whenAborted: Move[]
  readonly whenSettled: Move[]
}

/** A program without manners around one batcher. Holds what no order of events may break. */
export class Chaos {
  readonly #clock = new ManualClock()
  readonly #settings: Settings
  readonly #reactions: Reactions
  readonly #batcher: Batcher<number, unknown>
  readonly #controllers: AbortController[] = []
  readonly #settled: number[] = []
  readonly #waits: boolean[] = []
  readonly #signals: (AbortSignal | undefined)[] = []
  /** What was broken where nobody would hear an exception. */
  readonly #broken = new Set<string>()
  readonly #dispatched: number[] = []
  readonly #running = new Set<Deferred<unknown>>()
  readonly #open = new Set<Deferred<unknown>>()
  #functions = 0

  constructor(settings: Settings, reactions: Reactions) {
    this.#settings = settings
    this.#reactions = reactions
    this.#batcher = new Batcher<number, unknown>(this.#batchFunction, {
      ...settings,
      clock: this.#clock,
    })
  }

  move(move: Move): void {
    this.#act(move)
    this.#verify()
  }

  async pass(gap: Gap): Promise<void> {
    const jobs = { none: 0, 'a job': 1, 'three jobs': 3, 'a turn': 0, 'some time': 0 }[gap]
    for (let job = 0; job < jobs; job += 1) await null
    if (gap === 'a turn') await settle()
    if (gap === 'some time') await this.#clock.advance(7)
    this.#verify()
  }

  /** Ends all that runs, closes, and looks for what was left behind. */
  async end(): Promise<void> {
    this.#watch(this.#batcher.close())
    await settle()
    for (let round = 0; this.#running.size > 0 || this.#open.size > 0; round += 1) {
      assert.ok(round < 1000, 'the end is reached')
      for (const { resolve } of [...this.#running, ...this.#open]) resolve(undefined)
      await settle()
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
    const { state, queued, waiting, active, abandoned } = this.#batcher.stats()
    assert.deepEqual(
      { state, queued, waiting, active, abandoned },
      { state: 'closed', queued: 0, waiting: 0, active: 0, abandoned: 0 },
    )
  }

  #act(move: Move): void {
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
        this.#abortCaller()
        break
      case 'end a batch':
        first(this.#running)?.resolve(undefined)
        break
      case 'fail a batch':
        first(this.#running)?.reject(new Error('the batch failed'))
        break
      case 'end an outcome':
        first(this.#open)?.resolve('a late result')
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
      case 'close':
        this.#watch(this.#batcher.close())
        break
      case 'close at once':
        this.#watch(this.#batcher.close({ timeout: 0 }))
        break
      case 'abort':
        this.#batcher.abort('an abort')
        break
    }
    this.#expect(this.#batcher.queuedCount <= this.#settings.maxQueueSize, 'the bound')
  }

  #process(controller: AbortController | undefined): void {
    const item = this.#settled.push(0) - 1
    const signal = controller?.signal
    this.#signals[item] = signal
    const settled = (): void => {
      this.#settled[item] = (this.#settled[item] ?? 0) + 1
      this.#react('whenSettled')
    }
    this.#batcher.process(item, { signal }).then(settled, settled)
  }

  readonly #batchFunction = (items: number[], { signal }: BatchContext): unknown[] => {
    this.#functions += 1
    const { concurrency, maxBatchSize } = this.#settings
    const gone = items.filter((item) => this.#signals[item]?.aborted === true)
    this.#expect(this.#functions <= concurrency, 'concurrency')
    this.#expect(items.length > 0 && items.length <= maxBatchSize, 'maxBatchSize')
    this.#expect(gone.length === 0, 'who left before is not seen')
    this.#expect(!signal.aborted, 'nobody is called when nobody waits')
    this.#dispatched.push(...items)
    signal.addEventListener('abort', () => {
      this.#react('whenAborted')
    })
    this.#react('whenCalled')
    const over = (): void => {
      this.#functions -= 1
    }
    switch (this.#reactions.manners.shift() ?? 'waits') {
      case 'waits':
        return this.#pending(this.#running, over) as unknown as unknown[]
      case 'returns':
        over()
        return items.map((item) => (item % 2 === 0 ? item : outcome.error(item)))
      case 'throws':
        over()
        throw new Error('the batch failed')
      case 'promises each': {
        let left = items.length
        return items.map(() =>
          this.#pending(this.#open, () => {
            left -= 1
            if (left === 0) over()
          }),
        )
      }
    }
  }

  /** A promise among those that moves settle. */
  #pending(among: Set<Deferred<unknown>>, onEnd: () => void): Promise<unknown> {
    const end = deferred<unknown>()
    const { resolve, reject } = end
    const remove = (): void => {
      if (among.delete(end)) onEnd()
    }
    end.resolve = (value) => {
      remove()
      resolve(value)
    }
    end.reject = (reason) => {
      remove()
      reject(reason)
    }
    among.add(end)
    return end.promise
  }

  #abortCaller(): void {
    this.#controllers.find(({ signal }) => getEventListeners(signal, 'abort').length > 0)?.abort()
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

  #react(where: 'whenCalled' | 'whenAborted' | 'whenSettled'): void {
    const move = this.#reactions[where].shift()
    if (move !== undefined) this.#act(move)
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
    const sorted = this.#dispatched.toSorted((one, other) => one - other)
    assert.deepEqual(this.#dispatched, sorted, 'first in, first out')
    assert.ok(
      this.#settled.every((times) => times <= 1),
      'nobody is settled twice',
    )
    assert.deepEqual([...this.#broken], [], 'broken guarantees')
  }
}

function first<Value>(set: ReadonlySet<Value>): Value | undefined {
  return [...set][0]
}
