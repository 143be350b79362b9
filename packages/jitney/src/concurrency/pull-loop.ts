import { has } from '../platform/guards.ts'
import { onAbort } from '../platform/on-abort.ts'
import { Context, type Flight, type ItemContext } from './item-context.ts'
import { hush, type MapFunction, type MapSettings } from './map-settings.ts'
import { onlyFollowed } from './only-followed.ts'

/** What an end rejects with: one error, whatever was thrown, or none. */
export type Failure = readonly Error[]

/** What a form of the map family does with the results of its loop. */
export interface Form<Slot, Result> {
  /** How many results were taken. As many more may be pulled: call `pull` then. */
  taken: number
  /** An item was pulled. Gives what its result will be kept by. */
  pulled(): Slot
  keep(slot: Slot, result: Result): void
  /** Keeps an item's error as its result. Without this, an error stops the loop. */
  keepError?: ((slot: Slot, error: unknown) => void) | undefined
  /** Everything has ended, with the error that won, if there is one. */
  end(failure: Failure): void
}

/** What a form says to its loop. */
export interface PullLoop {
  /** Pulls as many items as there is room for. */
  pull(): void
  /** Pulls no more, and aborts what is in flight. */
  stop(): void
}

/**
 * The loop of the whole family: pulls items while there is room, and calls the function for each.
 *
 * - One worker per item in flight, which goes on with the next item while there is room.
 * - One call of the source's `next()` at a time, and one of its `return()` after a stop.
 * - After a stop nothing is pulled, called or kept. It ends when the calls in flight have ended: it
 *   waits for no item, permit or `next()`.
 */
export function pullLoop<Item, Result, Slot>(
  { source, fn, limit, places, buffer, signal }: MapSettings<Item, Result>,
  form: Form<Slot, Result>,
): PullLoop {
  const isAsync = has(source, Symbol.asyncIterator)
  const flight: Flight = { live: new Set() }
  const errors: Record<number, Error> = {}
  let iterator: Opened<Item> | undefined
  let unlisten: (() => void) | undefined
  let pulled = 0
  let completed = 0
  /** Calls that the end waits for. */
  let running = 0
  /** A `next()` of the source is outstanding; or on the stack, where it takes no other call. */
  let pulling: '' | 'outstanding' | 'calling' = ''
  /** The source has ended, failed, or was closed. */
  let exhausted = false
  let stopped = false
  let ended = false
  /** Of an abort or of the source. */
  let failure: Failure | undefined

  const mayPull = (): boolean => {
    if (pulling !== '' || exhausted || stopped) return false
    const room = places === undefined ? limit : Math.max(1, places.capacity)
    return pulled - form.taken < room + (buffer ?? room) && pulled - completed < room
  }

  const end = (): void => {
    if (ended || running > 0) return
    if (!stopped && !(exhausted && pulled === form.taken)) return
    ended = true
    unlisten?.()
    const all = Object.values(errors)
    const several = all.length > 1
    form.end(failure ?? (several ? [new AggregateError(all, `${all.length} items failed`)] : all))
  }

  const stop = (): void => {
    if (stopped) return
    stopped = true
    if (signal?.aborted === true) failure = [signal.reason as Error]
    unlisten?.()
    flight.reason = [signal?.reason]
    for (const controller of flight.live) controller.abort(...flight.reason)
    void close()
    end()
  }

  const failSource = (error: unknown): void => {
    exhausted = true
    failure ??= [error as Error]
    stop()
  }

  const close = async (): Promise<void> => {
    if (exhausted || pulling === 'calling' || iterator === undefined) return
    exhausted = true
    // Behind a `next()` that never answers, `return()` does not either.
    const awaited = isAsync && pulling === '' ? 1 : 0
    running += awaited
    try {
      await iterator.return?.()
    } catch (error) {
      failSource(error)
    }
    running -= awaited
    end()
  }

  const work = async (): Promise<void> => {
    while (mayPull()) {
      let item: Item | PromiseLike<Item> | undefined
      pulling = 'calling'
      try {
        iterator ??= (source as Opener<Item>)[isAsync ? Symbol.asyncIterator : Symbol.iterator]()
        if (!stopped) {
          let step = iterator.next()
          if (isAsync) {
            pulling = 'outstanding'
            if (stopped) void close()
            step = await step
          }
          const { done, value } = step as IteratorResult<Item | PromiseLike<Item>>
          exhausted ||= done === true
          item = value
        }
      } catch (error) {
        failSource(error)
      }
      pulling = ''
      if (exhausted || stopped) {
        hush(item)
        void close()
        break
      }
      const index = pulled
      pulled += 1
      const slot = form.pulled()
      if (isAsync) pull()
      const context = new Context(flight)
      let permit
      try {
        if (typeof (item as Thenable)?.then === 'function') item = await item
        if (places !== undefined && !stopped) {
          permit = places.tryAcquire() ?? (await places.acquire({ signal: context.signal }))
        }
        if (!stopped) {
          running += 1
          try {
            const result = await call(fn, item as Item, index, context)
            if (!stopped) form.keep(slot, result)
          } finally {
            running -= 1
          }
        }
      } catch (error) {
        if (form.keepError !== undefined) form.keepError(slot, error)
        else if (!onlyFollowed(context.signal, error) && !(signal && onlyFollowed(signal, error))) {
          errors[index] = error as Error
          stop()
        }
      }
      permit?.release()
      Context.end(context)
      completed += 1
      // The capacity of a semaphore may have grown.
      if (places !== undefined) pull()
    }
    end()
  }

  const pull = (): void => {
    if (!stopped) {
      if (signal?.aborted === true) stop()
      else unlisten ??= signal && onAbort(signal, stop)
    }
    while (mayPull()) void work()
    end()
  }

  return { pull, stop }
}

type Thenable = { readonly then?: unknown } | undefined
type Opener<Item> = Record<keyof AsyncIterable<Item> | keyof Iterable<Item>, () => Opened<Item>>
type Opened<Item> = Iterator<Item | PromiseLike<Item>> | AsyncIterator<Item | PromiseLike<Item>>

/** What a function throws at once is heard in its turn, like a rejection. */
function call<Item, Result>(
  fn: MapFunction<Item, Result>,
  item: Item,
  index: number,
  context: ItemContext,
): Result | PromiseLike<Result> {
  try {
    return fn(item, index, context)
  } catch (error) {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever was thrown
    return Promise.reject(error)
  }
}
