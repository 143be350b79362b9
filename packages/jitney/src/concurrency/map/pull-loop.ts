import {
  checkFunction,
  checkIterable,
  checkOptions,
  checkSignal,
  countOrShared,
  countOrZero,
  has,
} from '../../platform/guards.ts'
import { onAbort } from '../../platform/on-abort.ts'
import { onlyFollowed } from '../only-followed.ts'
import type { MapIterableOptions } from './map-iterable.ts'
import type { MapFunction, SharedPlaces, Source } from './map-settings.ts'

/** What a form of the map family says to its loop. */
export interface PullLoop {
  /** How many results wait for the consumer: they hold their place. */
  untaken: number
  /** Pulls as many items as there is room for, and ends when nothing is left. */
  pull(): void
  /** Pulls no more, and aborts what is in flight; to be followed by a `pull()`, which ends it. */
  stop(): void
}

/**
 * The loop of the whole family: pulls items while there is room, and calls the function for each.
 *
 * - One worker per item in flight, which goes on with the next item while there is room.
 * - One call of the source's `next()` at a time, and one of its `return()` after a stop.
 * - After a stop nothing is pulled, called or kept. It ends when the calls in flight have ended: it
 *   waits for no item, permit or `next()`.
 *
 * @param isBuffered has the option `buffer`.
 * @param slotOf an item was pulled; what its result will be kept by.
 * @param onEnd everything has ended, with the error that won, whatever was thrown, or none. May be
 *   called again, with the same.
 * @param isSettled keeps an outcome of each item. Without this, an error stops the loop.
 * @throws TypeError or RangeError for wrong arguments; from here on promises in an array are not
 *   reported as unhandled.
 */
export function pullLoop<Item, Result, Slot>(
  action: string,
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options: MapIterableOptions = {},
  isBuffered: boolean | undefined,
  slotOf: (() => Slot) | undefined,
  keep: (slot: Slot, result: never) => void,
  onEnd: (failure: unknown[]) => void,
  isSettled?: boolean,
): PullLoop {
  const isAsync = has(source, Symbol.asyncIterator) || !checkIterable(action, 'source', source)
  checkFunction(action, 'fn', fn)
  checkOptions(action, options, ['concurrency', 'signal'].concat(isBuffered ? 'buffer' : []))
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- else it is any number
  const { concurrency = Infinity as Concurrency, signal, buffer } = options as Settings
  countOrShared(action, 'concurrency', concurrency)
  if (signal !== undefined) checkSignal(action, 'signal', signal)
  if (buffer !== undefined) countOrZero(action, 'buffer', buffer)
  if (Array.isArray(source)) source.forEach(hush)
  /** What each worker calls, and the places of those that ended. */
  const calls: (AbortController | undefined)[] = []
  const free: number[] = []
  const errors: Record<number, unknown> = {}
  let iterator: Opened<Item> | undefined
  let unlisten: (() => void) | undefined
  let pulled = 0
  let inFlight = 0
  /** Calls that the end waits for. */
  let running = 0
  /** A `next()` of the source is on the stack or outstanding. */
  let pulling = false
  /** The source has ended, failed, or was closed. */
  let exhausted = false
  let stopped = false
  /** What won, once that is certain. */
  let failure: unknown[] | undefined

  const mayPull = (): boolean => {
    if (pulling || exhausted || stopped) return false
    const room = Math.max(1, concurrency.capacity ?? concurrency)
    return inFlight < room && inFlight + loop.untaken < room + (buffer ?? (isBuffered ? room : 0))
  }

  const close = async (): Promise<void> => {
    // A generator that runs cannot be closed.
    if (exhausted || !iterator || (pulling && !isAsync)) return
    exhausted = true
    // Behind a `next()` that never answers, `return()` does not either.
    const awaited = pulling ? 0 : 1
    running += awaited
    try {
      await iterator.return?.()
    } catch (error) {
      failure ??= [error]
    }
    running -= awaited
    loop.pull()
  }

  const work = async (): Promise<void> => {
    const place = free.pop() ?? calls.push(undefined) - 1
    while (mayPull()) {
      let item: Item | PromiseLike<Item> | undefined
      pulling = true
      try {
        iterator ??= (source as Opener<Item>)[isAsync ? Symbol.asyncIterator : Symbol.iterator]()
        if (!stopped) {
          const answer = iterator.next()
          const step = isAsync ? await answer : (answer as Awaited<typeof answer>)
          if (step.done) exhausted = true
          else item = step.value
        }
      } catch (error) {
        exhausted = true
        failure ??= [error]
        loop.stop()
      }
      pulling = false
      hush(item)
      if (exhausted || stopped) break
      const index = pulled
      pulled += 1
      inFlight += 1
      const slot = slotOf?.() as Slot
      if (isAsync) loop.pull()
      // Its signal is made when it is first read.
      const context = (calls[place] = new AbortController())
      let called = 0
      let permit
      let value: Result | PromiseLike<Result> | undefined
      try {
        // By name, and not with `has`, which is slow: the engine remembers no names that vary. An item
        // with another kind of `then` comes out of an `await` as it went in.
        if ((item as PromiseLike<Item> | undefined)?.then) item = await item
        running += called = 1
        if (concurrency.acquire) permit = await concurrency.acquire({ signal: context.signal })
        if (!stopped) {
          value = fn(item as Item, index, context)
          value = await value
          if (!stopped) keep(slot, (isSettled ? { status: 'fulfilled', value } : value) as never)
        }
      } catch (reason) {
        // What it throws at once is heard in its turn, like a rejection.
        // oxlint-disable-next-line typescript/await-thenable -- for the turn
        if (!value) await value
        if (isSettled) keep(slot, { status: 'rejected', reason } as never)
        else if (!onlyFollowed(context.signal, reason) && !onlyFollowed(signal, reason)) {
          errors[index] = reason
          loop.stop()
        }
      }
      permit?.release()
      running -= called
      inFlight -= 1
      // A capacity that grew has made room for others too.
      if (concurrency.acquire) loop.pull()
    }
    calls[place] = undefined
    free.push(place)
    loop.pull()
  }

  const loop = {
    untaken: 0,
    pull() {
      if (signal?.aborted) loop.stop()
      if (!stopped) unlisten ??= signal && onAbort(signal, loop.pull)
      while (mayPull()) void work()
      if (exhausted && inFlight + loop.untaken === 0) loop.stop()
      if (stopped) {
        void close()
        if (running === 0) {
          const all = Object.values(errors)
          failure ??= all.length > 1 ? [AggregateError(all, 'items failed')] : all
          onEnd(failure)
        }
      }
    },
    stop() {
      if (stopped) return
      stopped = true
      if (signal?.aborted) failure ??= [signal.reason]
      unlisten?.()
      for (const call of calls) call?.abort(signal?.reason)
    },
  }
  return loop
}

/** A rejection of this is somebody else's to report, or nobody's. */
function hush(value: unknown): void {
  if (value instanceof Promise) value.catch(() => {})
}

/** A number has none of what a semaphore has. */
type Concurrency = number & Partial<SharedPlaces>
type Settings = Omit<MapIterableOptions, 'concurrency'> & {
  concurrency?: Concurrency
}
type Opener<Item> = Record<keyof AsyncIterable<Item> | keyof Iterable<Item>, () => Opened<Item>>
type Opened<Item> = Iterator<Item | PromiseLike<Item>> | AsyncIterator<Item | PromiseLike<Item>>
