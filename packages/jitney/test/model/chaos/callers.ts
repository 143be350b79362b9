import { getEventListeners } from 'node:events'

import type { Item, Settings } from '../settings.ts'

/** What is thrown for an item that nobody can weigh. */
const weightless = new Error('has no weight')

interface Caller {
  readonly item: Item
  readonly priority: number
  readonly arrival: number
  readonly signal: AbortSignal | undefined
  /** How often its promise settled. */
  settled: number
}

/** Those who called `process`, by the number of their item. */
export class Callers {
  readonly all: Caller[] = []
  readonly counts = { fulfilled: 0, rejected: 0 }
  /** Items that somebody waited for when `flush` was called. */
  readonly flushed = new Set<number>()
  readonly hasPriorities: boolean
  readonly #settings: Settings
  readonly #controllers: AbortController[] = []

  constructor(settings: Settings, hasPriorities: boolean) {
    this.#settings = settings
    this.hasPriorities = hasPriorities
  }

  add(controller: AbortController | undefined, arrival: number): Caller {
    const number = this.all.length
    const caller: Caller = {
      item: itemOf(number),
      // Fractions of a point, because no run takes seconds.
      priority: this.hasPriorities ? ((number * 7) % 5) / 64 : 0,
      arrival,
      signal: controller?.signal,
      settled: 0,
    }
    this.all.push(caller)
    return caller
  }

  settle(caller: Caller, how: 'fulfilled' | 'rejected', reason?: unknown): void {
    caller.settled += 1
    const isRefusal = reason === weightless || reason instanceof RangeError
    if (!isRefusal) this.counts[how] += 1
  }

  get listenerCount(): number {
    const counts = this.#controllers.map(({ signal }) => getEventListeners(signal, 'abort').length)
    return counts.reduce((sum, count) => sum + count, 0)
  }

  flush(): void {
    for (const { item } of this.all) if (this.isAwaited(item.number)) this.flushed.add(item.number)
  }

  /** The signal of somebody who waits aborts. */
  abort(): void {
    this.#controllers.find(({ signal }) => getEventListeners(signal, 'abort').length > 0)?.abort()
  }

  newController(): AbortController {
    const controller = new AbortController()
    this.#controllers.push(controller)
    return controller
  }

  sharedController(): AbortController {
    const newest = this.#controllers.at(-1)
    return newest?.signal.aborted === false ? newest : this.newController()
  }

  /** Whether anybody waits for an item: who brought it, or somebody with the same. */
  isAwaited(number: number, until: number = Infinity): boolean {
    return this.all.some(
      ({ item, settled, signal }) =>
        (item.number === number || (item.number < until && this.areTwins(item.number, number))) &&
        settled === 0 &&
        signal?.aborted !== true,
    )
  }

  areTwins(one: number, other: number): boolean {
    const [left, right] = [this.all[one], this.all[other]]
    if (left === undefined || right === undefined || !this.#settings.deduped) return false
    return left.item.twin === right.item.twin && this.keyOf(one) === this.keyOf(other)
  }

  keyOf(number: number): string | undefined {
    return this.#settings.keyed ? this.all[number]?.item.key : undefined
  }

  /** Where an item stands in its line, the lowest first. */
  rankOf(number: number): number {
    const caller = this.all[number]
    return caller === undefined ? NaN : caller.arrival - caller.priority * 1000
  }
}

function itemOf(number: number): Item {
  const weights = number % 17 === 16 ? undefined : [number % 4, (number * 5) % 7]
  return {
    number,
    key: ['a', 'b', 'c'][(number * 3 + (number >> 2)) % 3] as string,
    twin: (number * 11) % 8,
    get weights() {
      if (weights === undefined) throw weightless
      return number % 19 === 18 ? [1000, 1000] : weights
    },
  }
}
