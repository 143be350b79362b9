import type { Awaitable } from 'jitney'
import { range } from './departures.ts'

/** A source under the test's control, and what was asked of it. */
export class Source<Item> implements AsyncIterableIterator<Item> {
  /** How often it was iterated. */
  opened = 0
  /** Calls of `next()`. */
  pulled = 0
  /** Calls of `return()`. */
  closed = 0
  readonly #next: (index: number) => Awaitable<Item>
  readonly #close: () => Awaitable<void>

  /**
   * @param next what the source yields; its end is what `end()` throws.
   * @param close what `return()` waits for.
   */
  constructor(next: (index: number) => Awaitable<Item>, close: () => Awaitable<void> = () => {}) {
    this.#next = next
    this.#close = close
  }

  [Symbol.asyncIterator](): this {
    this.opened += 1
    return this
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    const index = this.pulled
    this.pulled += 1
    try {
      return { done: false, value: await this.#next(index) }
    } catch (error) {
      if (error !== ended) throw error
      return { done: true, value: undefined }
    }
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.closed += 1
    await this.#close()
    return { done: true, value: undefined }
  }
}

const ended = new Error('the source has ended')

/** Within `next` of a `Source`: its end. */
export function end(): never {
  throw ended
}

/** So many whole numbers. */
export function numbers(length: number, close?: () => Awaitable<void>): Source<number> {
  return new Source((index) => (index < length ? index : end()), close)
}

/** What a loop over all of it gets. */
export async function collect<Value>(iterable: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = []
  for await (const value of iterable) values.push(value)
  return values
}

/** The next so many results; the iterator goes on after them. */
export async function take<Value>(iterator: AsyncIterator<Value>, count: number): Promise<Value[]> {
  const values: Value[] = []
  for (const _ of range(count)) {
    const step = await iterator.next()
    if (step.done === true) break
    values.push(step.value)
  }
  return values
}
