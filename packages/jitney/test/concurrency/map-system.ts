import { getEventListeners } from 'node:events'

import { asCompleted, type ItemContext, map, mapIterable, mapSettled, type Semaphore } from 'jitney'
import { deferred, type Deferred } from 'jitney/testing'

import { type Event, type Setup, type View } from './map-model.ts'

interface Call {
  readonly call: Deferred<string>
  readonly signal: () => AbortSignal
}

/** A form of the map family, with a source and a function that do what they are told. */
export class System {
  readonly #setup: Setup
  readonly #calls = new Map<number, Call>()
  readonly #items = new Map<number, Deferred<number>>()
  readonly #controller = new AbortController()
  readonly #iterator: AsyncIterableIterator<string> | undefined
  readonly #running = new Set<number>()
  readonly calls: number[] = []
  readonly #answers: string[] = []
  #asked = 0
  #nexts = 0
  #position = 0
  #returns = 0
  #isLeft = false
  #outstanding: Deferred<IteratorResult<number | Promise<number>>> | undefined
  /** Whether a call of the source came during another one. */
  isOverlapped = false

  constructor(setup: Setup, semaphore?: Semaphore) {
    this.#setup = setup
    const { buffer } = setup
    const concurrency = semaphore ?? setup.concurrency
    const { signal } = this.#controller
    const source = this.#source()
    const options = { concurrency, signal }
    if (setup.form === 'map') this.#follow(map(source, this.#call, options))
    else if (setup.form === 'mapSettled') {
      this.#follow(
        mapSettled(source, this.#call, options).then((results) =>
          results.map((result) =>
            result.status === 'fulfilled' ? result.value : textOf(result.reason),
          ),
        ),
      )
    } else if (setup.form === 'mapIterable') {
      this.#iterator = mapIterable(source, this.#call, { ...options, buffer })
    } else this.#iterator = asCompleted(source, this.#call, options)
  }

  get view(): View {
    const aborted = [...this.#running]
      .filter((index) => this.#calls.get(index)?.signal().aborted)
      .sort((one, other) => one - other)
    return {
      calls: this.calls,
      aborted,
      nexts: this.#nexts,
      returns: this.#returns,
      answers: this.#answers,
      isLeft: this.#isLeft,
    }
  }

  /** Calls in flight. */
  get running(): ReadonlySet<number> {
    return this.#running
  }

  /** Items that are promises and have not settled. */
  get waiting(): readonly number[] {
    return [...this.#items.keys()]
  }

  get iterates(): boolean {
    return this.#iterator !== undefined
  }

  /** Whether everything that was asked for was answered. */
  get isAnswered(): boolean {
    return this.#answers.length === (this.iterates ? this.#asked : 1)
  }

  get isOutstanding(): boolean {
    return this.#outstanding !== undefined
  }

  get listeners(): number {
    return getEventListeners(this.#controller.signal, 'abort').length
  }

  /** @param index of the item that the event is about. */
  happen(event: Event, index: number): void {
    if (event.type === 'next') this.#ask()
    else if (event.type === 'abort') this.#controller.abort(new Error('aborted'))
    else if (event.type === 'feed') this.#feed()
    else if (event.type === 'leave') {
      void this.#iterator?.return?.().then(() => {
        this.#isLeft = true
      })
    } else if (event.type === 'end') {
      this.#running.delete(index)
      const { call, signal } = this.#calls.get(index) as Call
      if (event.how === 'value') call.resolve(`value ${index}`)
      else if (event.how === 'reason' && signal().aborted) call.reject(signal().reason)
      else {
        const error = new Error(`${event.how} ${index}`)
        if (event.how === 'AbortError') error.name = 'AbortError'
        call.reject(error)
      }
    } else {
      const item = this.#items.get(index)
      this.#items.delete(index)
      if (event.fails) item?.reject(new Error(`item ${index}`))
      else item?.resolve(index)
    }
  }

  #ask(): void {
    const step = this.#iterator?.next()
    const place = this.#asked
    this.#asked += 1
    step?.then(
      ({ done, value }) => {
        this.#answer(place, done === true ? 'done' : value)
      },
      (error: unknown) => {
        this.#answer(place, textOf(error))
      },
    )
  }

  #answer(place: number, text: string): void {
    if (place !== this.#answers.length) throw new Error('answered out of order')
    this.#answers.push(text)
  }

  #follow(promise: Promise<readonly string[]>): void {
    promise.then(
      (results) => {
        this.#answers.push(`${this.#setup.form} ${results.join()}`)
      },
      (error: unknown) => {
        this.#answers.push(textOf(error))
      },
    )
  }

  readonly #call = (item: number, index: number, context: ItemContext): Promise<string> => {
    if (item !== index) throw new Error('the index does not fit')
    this.calls.push(index)
    this.#running.add(index)
    // Some read their signal at once, some when it has aborted.
    const call = deferred<string>()
    const early = index % 2 === 0 ? context.signal : undefined
    this.#calls.set(index, { call, signal: () => early ?? context.signal })
    return call.promise
  }

  #feed(): void {
    const outstanding = this.#outstanding
    this.#outstanding = undefined
    try {
      outstanding?.resolve(this.#step())
    } catch (error) {
      outstanding?.reject(error)
    }
  }

  #step(): IteratorResult<number | Promise<number>> {
    const { promises, sourceFails } = this.#setup
    const index = this.#position
    if (index === promises.length) {
      if (sourceFails) throw new Error('source')
      return { done: true, value: undefined }
    }
    this.#position += 1
    if (promises[index] !== true) return { done: false, value: index }
    const item = deferred<number>()
    this.#items.set(index, item)
    return { done: false, value: item.promise }
  }

  #source(): Iterable<number | Promise<number>> | AsyncIterable<number | Promise<number>> {
    const { isAsync, closingFails } = this.#setup
    const close = (): IteratorResult<number> => {
      this.#returns += 1
      if (closingFails) throw new Error('closing')
      return { done: true, value: undefined }
    }
    const next = (): void => {
      this.#nexts += 1
      this.isOverlapped ||= this.#outstanding !== undefined
    }
    if (!isAsync) {
      return {
        [Symbol.iterator]: () => ({
          next: () => {
            next()
            return this.#step()
          },
          return: close,
        }),
      }
    }
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          next()
          this.#outstanding = deferred()
          return this.#outstanding.promise
        },
        return: async () => close(),
      }),
    }
  }
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join(' and ')
  return (error as Error).message
}
