import assert from 'node:assert/strict'

import { Batcher, type BatchContext, outcome } from 'jitney'
import { ManualClock, settle } from 'jitney/testing'

import { type Item, optionsOf, type Settings } from '../settings.ts'
import { Answers } from './answers.ts'
import { Callers } from './callers.ts'
import { Calls } from './calls.ts'
import type { Gap, Move, Reactions } from './moves.ts'
import { Outsider } from './outsider.ts'

/** A program without manners around one batcher. Holds what no order of events may break. */
export class Chaos {
  readonly #clock = new ManualClock()
  readonly #settings: Settings
  readonly #reactions: Reactions
  readonly #batcher: Batcher<Item, unknown>
  readonly #callers: Callers
  readonly #outsider: Outsider
  readonly #calls: Calls
  readonly #waits: boolean[] = []
  /** What functions wait for, and outcomes that they left open. */
  readonly #functions: Answers
  readonly #outcomes: Answers
  #isPaused = false
  /** Whether it was paused when the turn began: what was cut before may still be called. */
  #wasPaused = false

  constructor(settings: Settings, reactions: Reactions) {
    this.#settings = settings
    this.#reactions = reactions
    this.#callers = new Callers(settings, reactions.priorities)
    this.#outsider = new Outsider(settings, this.#clock)
    this.#calls = new Calls(settings, this.#callers, this.#outsider)
    this.#functions = new Answers((numbers) => {
      this.#calls.end(numbers)
    })
    this.#outcomes = new Answers((numbers) => {
      this.#calls.answer(numbers)
    })
    const options = optionsOf(settings, this.#outsider.shared, this.#clock)
    this.#batcher = new Batcher<Item, unknown>(this.#batchFunction, options)
  }

  move(move: Move): void {
    this.#act(move)
    this.#verify()
  }

  async pass(gap: Gap): Promise<void> {
    if (gap === 'a job') await null
    if (gap === 'three jobs') for (let job = 0; job < 3; job += 1) await null
    if (gap === 'a turn') await settle()
    if (gap === 'some time') await this.#clock.advance(7)
    if (gap === 'a long time') await this.#clock.advance(60)
    this.#verify()
    if (gap === 'none' || gap.endsWith('job') || gap.endsWith('jobs')) return
    this.#wasPaused = this.#isPaused
    this.#calls.verifyTwins()
    this.#outsider.verify()
  }

  /** Ends all that runs, closes, and looks for what was left behind. */
  async end(): Promise<void> {
    this.#watch(this.#batcher.close())
    this.#outsider.leave()
    await settle()
    for (let round = 0; this.#batcher.state !== 'closed' || this.#calls.running > 0; round += 1) {
      assert.ok(round < 1000, 'the end is reached')
      while (this.#functions.size > 0) this.#functions.end('result', true)
      while (this.#outcomes.size > 0) this.#outcomes.end('result', false)
      this.#outsider.leave()
      // Rate limits may hold what is left.
      await this.pass('a long time')
    }
    this.#outsider.leave()
    await settle()
    const { fulfilled, rejected } = this.#callers.counts
    const stats = this.#batcher.stats()
    assert.ok(
      this.#callers.all.every(({ settled }) => settled === 1),
      'every caller is settled once',
    )
    assert.ok(this.#waits.every(Boolean), 'every flush, onIdle and close resolved')
    assert.equal(this.#clock.timerCount, 0, 'no timer is left')
    assert.equal(this.#callers.listenerCount, 0, 'no listener is left')
    this.#outsider.verifyEnd()
    const { state, queued, waiting, active, abandoned } = stats
    assert.deepEqual(
      { state, queued, waiting, active, abandoned },
      { state: 'closed', queued: 0, waiting: 0, active: 0, abandoned: 0 },
    )
    assert.deepEqual(
      [stats.batches, stats.items, stats.fulfilled],
      [this.#calls.count, this.#calls.items, fulfilled],
    )
    assert.equal(stats.rejected + stats.aborted + stats.refused, rejected)
  }

  #act(move: Move): void {
    switch (move) {
      case 'process':
        this.#process(undefined)
        break
      case 'process four':
        for (let call = 0; call < 4; call += 1) this.#process(undefined)
        break
      case 'process, own signal':
        this.#process(this.#callers.newController())
        break
      case 'process, shared signal':
        this.#process(this.#callers.sharedController())
        break
      case 'abort a caller':
        this.#callers.abort()
        break
      case 'end a batch':
        this.#functions.end('result', true)
        break
      case 'fail a batch':
        this.#functions.end('failure', true)
        break
      case 'ask for a batch again':
        this.#functions.end('again', true)
        break
      case 'end an outcome':
        this.#outcomes.end('result', false)
        break
      case 'ask for an outcome again':
        this.#outcomes.end('again', false)
        break
      case 'flush':
        this.#callers.flush()
        this.#watch(this.#batcher.flush())
        break
      case 'onIdle':
        this.#watch(this.#batcher.onIdle())
        break
      case 'pause':
        this.#isPaused = true
        this.#batcher.pause()
        break
      case 'resume':
        this.#isPaused = false
        this.#wasPaused = false
        this.#batcher.resume()
        break
      case 'smaller batches':
        this.#setMaxBatchSize(2)
        break
      case 'larger batches':
        this.#setMaxBatchSize(8)
        break
      case 'fewer slots':
        this.#setConcurrency(1)
        break
      case 'more slots':
        this.#setConcurrency(3)
        break
      case 'shared slots':
        this.#setConcurrency('shared')
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
      default:
        this.#outsider.act(move)
    }
    const bound = this.#settings.maxQueueSize + this.#calls.tried
    this.#calls.expect(this.#batcher.queuedCount <= bound, 'the bound')
  }

  #process(controller: AbortController | undefined): void {
    const caller = this.#callers.add(controller, this.#clock.now())
    const { item, priority, signal } = caller
    const settled = (how: 'fulfilled' | 'rejected', reason?: unknown): void => {
      this.#callers.settle(caller, how, reason)
      this.#react('whenSettled')
    }
    this.#batcher.process(item, { signal, priority }).then(
      () => {
        settled('fulfilled')
      },
      (reason: unknown) => {
        settled('rejected', reason)
      },
    )
  }

  #setMaxBatchSize(value: number): void {
    this.#calls.widest.size = Math.max(this.#calls.widest.size, value)
    this.#batcher.maxBatchSize = value
  }

  #setConcurrency(value: Settings['concurrency']): void {
    this.#calls.widen(value)
    this.#batcher.concurrency = this.#outsider.shared.concurrency(value)
  }

  readonly #batchFunction = (items: Item[], context: BatchContext): unknown[] => {
    const numbers = items.map(({ number }) => number)
    const mayLeave = !this.#wasPaused || this.#batcher.state !== 'open'
    this.#calls.begin(items, context, mayLeave)
    context.signal.addEventListener('abort', () => {
      this.#react('whenAborted')
    })
    this.#react('whenCalled')
    const manner = this.#reactions.manners.shift() ?? 'waits'
    if (manner === 'waits' || (manner === 'throws unless alone' && numbers.length === 1)) {
      return this.#functions.promise(numbers) as unknown as unknown[]
    }
    if (manner === 'promises each') {
      let left = numbers.length
      return numbers.map(async (number) => {
        await this.#outcomes.promise([number])
        left -= 1
        if (left === 0) this.#calls.end([])
      })
    }
    this.#calls.end(numbers)
    switch (manner) {
      case 'returns':
        return numbers.map((number) => (number % 2 === 0 ? number : outcome.error(number)))
      case 'asks for all again':
        return numbers.map(() => outcome.retry())
      case 'throws an abort':
        throw new DOMException('no more', 'AbortError')
      default:
        throw new Error('the batch failed')
    }
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

  #verify(): void {
    this.#calls.verify()
    assert.ok(
      this.#callers.all.every(({ settled }) => settled <= 1),
      'nobody is settled twice',
    )
  }
}
