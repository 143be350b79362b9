import {
  checkFunction,
  checkOptions,
  checkSignal,
  checkSource,
  countOrShared,
  countOrZero,
  has,
} from '../../platform/guards.ts'
import { onAbort } from '../../platform/on-abort.ts'
import { onlyFollowed } from '../only-followed.ts'
import type { MapIterableOptions } from './map-iterable.ts'
import { type MapFunction, names, type Source } from './map-settings.ts'

/** What a form of the map family says to its loop. */
export interface PullLoop {
  readonly signal: AbortSignal | undefined
  /** How many results wait for the consumer: they hold their place. */
  held: number
  /** Pulls as many items as there is room for, and ends when nothing is left. */
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
  slotOf: () => Slot,
  keep: (slot: Slot, result: never) => void,
  onEnd: (failure: unknown[]) => void,
  isSettled?: boolean,
): PullLoop {
  checkSource(action, 'source', source)
  checkFunction(action, 'fn', fn)
  checkOptions(action, options, isBuffered ? [...names, 'buffer'] : names)
  const { concurrency = Infinity, signal, buffer } = options
  countOrShared(action, 'concurrency', concurrency)
  if (signal !== undefined) checkSignal(action, 'signal', signal)
  if (buffer !== undefined) countOrZero(action, 'buffer', buffer)
  if (Array.isArray(source)) source.forEach(hush)
  const shared = typeof concurrency === 'number' ? undefined : concurrency
  const isAsync = has(source, Symbol.asyncIterator)
  /** Calls in flight, each at a place of its own, and the places that are free. */
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
    const room = Math.max(1, shared?.capacity ?? (concurrency as number))
    return inFlight < room && inFlight + loop.held < room + (buffer ?? (isBuffered ? room : 0))
  }

  const failSource = (error: unknown): void => {
    exhausted = true
    failure ??= [error]
    loop.stop()
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
      failSource(error)
    }
    running -= awaited
    loop.pull()
  }

  const work = async (): Promise<void> => {
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
        failSource(error)
      }
      pulling = false
      if (exhausted || stopped) {
        hush(item)
        break
      }
      const index = pulled
      pulled += 1
      inFlight += 1
      const slot = slotOf()
      if (isAsync) loop.pull()
      // Its signal is made when it is first read.
      const context = new AbortController()
      let place: number | undefined
      let permit
      let value: Result | PromiseLike<Result> | undefined
      try {
        if (typeof (item as Thenable)?.then === 'function') item = await item
        if (!stopped) {
          running += 1
          place = free.pop() ?? calls.length
          calls[place] = context
          permit =
            shared && (shared.tryAcquire() ?? (await shared.acquire({ signal: context.signal })))
        }
        if (!stopped) {
          value = fn(item as Item, index, context)
          value = await value
          if (!stopped) keep(slot, (isSettled ? { status: 'fulfilled', value } : value) as never)
        }
      } catch (reason) {
        // What it throws at once is heard in its turn, like a rejection.
        if (!value) await Promise.resolve()
        if (isSettled) keep(slot, { status: 'rejected', reason } as never)
        else if (!onlyFollowed(context.signal, reason) && !onlyFollowed(signal, reason)) {
          errors[index] = reason
          loop.stop()
        }
      }
      permit?.release()
      if (place !== undefined) {
        running -= 1
        calls[place] = undefined
        free.push(place)
      }
      inFlight -= 1
      // A capacity that grew has made room for others too.
      if (shared) loop.pull()
    }
    loop.pull()
  }

  const loop = {
    signal,
    held: 0,
    pull() {
      if (signal && !stopped) {
        unlisten ??= onAbort(signal, loop.stop)
        if (signal.aborted) loop.stop()
      }
      while (mayPull()) void work()
      if (stopped) void close()
      if (running === 0 && (stopped || (exhausted && inFlight + loop.held === 0))) {
        unlisten?.()
        const all = Object.values(errors)
        failure ??= all.length > 1 ? [new AggregateError(all, `${all.length} items failed`)] : all
        onEnd(failure)
      }
    },
    stop() {
      if (stopped) return
      stopped = true
      if (signal?.aborted === true) failure ??= [signal.reason]
      unlisten?.()
      for (const call of calls) call?.abort(signal?.reason)
      loop.pull()
    },
  }
  return loop
}

/** A rejection of this is somebody else's to report, or nobody's. */
function hush(value: unknown): void {
  if (value instanceof Promise) value.catch(() => {})
}

type Thenable = { readonly then?: unknown } | undefined
type Opener<Item> = Record<keyof AsyncIterable<Item> | keyof Iterable<Item>, () => Opened<Item>>
type Opened<Item> = Iterator<Item | PromiseLike<Item>> | AsyncIterator<Item | PromiseLike<Item>>
