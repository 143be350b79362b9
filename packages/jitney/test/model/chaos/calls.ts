import assert from 'node:assert/strict'

import type { BatchContext } from 'jitney'

import type { Item, Settings } from '../settings.ts'
import type { Callers } from './callers.ts'
import type { Outsider } from './outsider.ts'

/** What is known of the calls of the batch function, and what no order of events may break in them. */
export class Calls {
  count = 0
  items = 0
  /** Functions that run. */
  running = 0
  /** What was broken where nobody would hear an exception. */
  readonly broken = new Set<string>()
  /** The bounds; where they changed, the widest that they ever were. */
  readonly widest: { size: number; slots: number }
  /** What its slots ever were. */
  readonly #slots = new Set<'own' | 'shared'>()
  readonly #settings: Settings
  readonly #callers: Callers
  readonly #outsider: Outsider
  /** How often each item was given to a function. */
  readonly #attempts = new Map<number, number>()
  /** The names of items. */
  readonly #ids = new Map<number, string>()
  /** Items that a function has and has not answered. */
  readonly #inHand = new Set<number>()
  /** Items of each key in the order of their first attempts. */
  readonly #firsts = new Map<string | undefined, number[]>()

  constructor(settings: Settings, callers: Callers, outsider: Outsider) {
    this.widest = { size: settings.maxBatchSize, slots: 0 }
    this.widen(settings.concurrency)
    this.#settings = settings
    this.#callers = callers
    this.#outsider = outsider
  }

  /** Items that were tried and wait for another attempt, or whose callers left: no more than these. */
  get tried(): number {
    return [...this.#attempts.keys()].filter((number) => !this.#inHand.has(number)).length
  }

  /** @param mayLeave whether anything may leave, though the batcher is paused. */
  begin(items: readonly Item[], context: BatchContext, mayLeave: boolean): void {
    const { reason } = context
    const numbers = items.map(({ number }) => number)
    this.count += 1
    this.items += items.length
    this.running += 1
    this.#expectSlots()
    this.#expectSize(items, context)
    const awaited = numbers.every((number) => this.#callers.isAwaited(number))
    this.expect(awaited && !context.signal.aborted, 'who left before is not seen')
    const isFlushed = (number: number): boolean => this.#callers.flushed.has(number)
    // A half leaves as it is, or not at all.
    const flushed = reason === 'split' ? numbers.some(isFlushed) : numbers.every(isFlushed)
    this.expect(mayLeave || flushed, 'pause')
    this.expect(
      !numbers.some((number) => this.#inHand.has(number)),
      'nothing is tried twice at once',
    )
    this.#expectOrder(numbers, context)
    for (const number of numbers) this.#inHand.add(number)
    this.#countAttempts(numbers, context)
    for (const [index, { of }] of this.#settings.rates.entries()) {
      const counts = { batches: () => 1, items: () => items.length, weight: () => weigh(items, 0) }
      this.#outsider.note(index, counts[of]())
    }
  }

  /** The slots are these from now on. */
  widen(concurrency: Settings['concurrency']): void {
    this.#slots.add(concurrency === 'shared' ? 'shared' : 'own')
    if (concurrency !== 'shared') this.widest.slots = Math.max(this.widest.slots, concurrency)
  }

  /** A function ended, and said something of these. */
  end(numbers: readonly number[]): void {
    this.running -= 1
    this.answer(numbers)
  }

  /** A function said something of these. */
  answer(numbers: readonly number[]): void {
    for (const number of numbers) this.#inHand.delete(number)
  }

  expect(holds: boolean, guarantee: string): void {
    if (!holds) this.broken.add(guarantee)
  }

  /** What holds between turns. */
  verify(): void {
    assert.deepEqual([...this.broken], [], 'broken guarantees')
    if (this.#callers.hasPriorities) return
    for (const [key, firsts] of this.#firsts) {
      const sorted = firsts.toSorted((one, other) => one - other)
      assert.deepEqual(firsts, sorted, `first in, first out, of key ${key}`)
    }
  }

  /** What holds when all that was settled is known: the same is not sent twice at once. */
  verifyTwins(): void {
    const numbers = [...this.#inHand].toSorted((one, other) => one - other)
    for (const [index, number] of numbers.entries()) {
      const twin = numbers.slice(index + 1).find((other) => this.#callers.areTwins(number, other))
      if (twin === undefined) continue
      assert.ok(!this.#callers.isAwaited(number, twin), `${twin} joined ${number}`)
    }
  }

  #expectSlots(): void {
    const isShared = this.#slots.has('shared')
    if (!isShared) this.expect(this.running <= this.widest.slots, 'concurrency')
    else if (this.#slots.size === 1) {
      this.expect(this.running <= this.#outsider.otherPermits, 'permits')
    }
  }

  #expectSize(items: readonly Item[], { key }: BatchContext): void {
    const numbers = items.map(({ number }) => number)
    this.expect(items.length > 0 && items.length <= this.widest.size, 'maxBatchSize')
    this.expect(
      numbers.every((number) => this.#callers.keyOf(number) === key),
      'batchKey',
    )
    for (const [index, max] of this.#settings.weights.entries()) {
      this.expect(weigh(items, index) <= max, `weight ${index}`)
    }
  }

  /** Within a batch those who are back come first, then by priority; halves are as they were. */
  #expectOrder(numbers: readonly number[], { key, reason }: BatchContext): void {
    const isFirst = (number: number): boolean => !this.#attempts.has(number)
    const firsts = numbers.filter(isFirst)
    const sorted = firsts.toSorted(
      (one, other) => this.#callers.rankOf(one) - this.#callers.rankOf(other) || one - other,
    )
    const isOrdered = firsts.every((number, index) => number === sorted[index])
    const areLast = numbers.slice(numbers.length - firsts.length).every(isFirst)
    this.expect(isOrdered && areLast, 'order')
    this.expect(reason !== 'split' || firsts.length === 0, 'halves were tried')
    this.#firsts.set(key as string, [...(this.#firsts.get(key as string) ?? []), ...firsts])
  }

  #countAttempts(numbers: readonly number[], context: BatchContext): void {
    const { retry, splitOnError } = this.#settings
    const halvings = splitOnError ? Math.ceil(Math.log2(this.#callers.all.length)) : 0
    const most = (retry?.attempts ?? 3) + halvings
    // Every other function looks.
    const entries = this.count % 2 === 0 ? context.entries : undefined
    for (const [index, number] of numbers.entries()) {
      const attempt = (this.#attempts.get(number) ?? 0) + 1
      this.#attempts.set(number, attempt)
      this.expect(attempt <= most, 'attempts')
      const entry = entries?.[index]
      if (entry === undefined) continue
      this.expect(entry.attempt === attempt, 'the number of the attempt')
      this.expect(!entry.signal.aborted, 'whom somebody waits for is not told to stop')
      this.expect(entry.id === (this.#ids.get(number) ?? entry.id), 'an item keeps its id')
      this.#ids.set(number, entry.id)
    }
  }
}

function weigh(items: readonly Item[], index: number): number {
  return items.reduce((sum, { weights }) => sum + (weights[index] ?? 0), 0)
}
