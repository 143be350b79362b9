import { has } from '../../platform/guards.ts'
import { onAbort } from '../../platform/on-abort.ts'
import { onlyFollowed } from '../only-followed.ts'
import { Context } from './item-context.ts'
import { hush, type MapSettings } from './map-settings.ts'

/** What an end rejects with: one error, whatever was thrown, or none. */
export type Failure = readonly Error[]

/** What a form of the map family says to its loop. */
export interface PullLoop {
  /** How many results were taken. As many more may be pulled: call `pull` then. */
  taken: number
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
 *
 * @param slotOf an item was pulled; what its result will be kept by.
 * @param onEnd everything has ended, with the error that won, if there is one.
 * @param keepError keeps an item's error as its result. Without this, an error stops the loop.
 */
export function pullLoop<Item, Result, Slot>(
  { source, fn, concurrency, buffer, signal }: MapSettings<Item, Result>,
  slotOf: () => Slot,
  keep: (slot: Slot, result: Result) => void,
  onEnd: (failure: Failure) => void,
  keepError?: (slot: Slot, error: unknown) => void,
): PullLoop {
  const places = typeof concurrency === 'number' ? undefined : concurrency
  const isAsync = has(source, Symbol.asyncIterator)
  /** Of the items in flight, those of which the signal was read. */
  const live = new Map<Context, AbortController>()
  const errors: Record<number, Error> = {}
  let iterator: Opened<Item> | undefined
  let unlisten: (() => void) | undefined
  let pulled = 0
  let completed = 0
  /** Calls that the end waits for. */
  let running = 0
  /** A `next()` of the source is on the stack or outstanding. */
  let pulling = false
  /** The source has ended, failed, or was closed. */
  let exhausted = false
  let stopped = false
  /** Of an abort or of the source. */
  let failure: Failure | undefined

  const open = (context: Context): AbortController => {
    const controller = new AbortController()
    if (stopped) controller.abort(signal?.reason)
    live.set(context, controller)
    return controller
  }

  const fill = (): void => {
    while (mayPull()) void work()
  }

  const mayPull = (): boolean => {
    if (pulling || exhausted || stopped) return false
    const room = Math.max(1, places?.capacity ?? (concurrency as number))
    return pulled - loop.taken < room + (buffer ?? room) && pulled - completed < room
  }

  const end = (): void => {
    if (running > 0 || !(stopped || (exhausted && pulled === loop.taken))) return
    // It ends once.
    running = Infinity
    unlisten?.()
    const all = Object.values(errors)
    onEnd(
      failure ?? (all.length > 1 ? [new AggregateError(all, `${all.length} items failed`)] : all),
    )
  }

  const failSource = (error: unknown): void => {
    exhausted = true
    failure ??= [error as Error]
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
    end()
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
        void close()
        break
      }
      const index = pulled
      pulled += 1
      const slot = slotOf()
      if (isAsync) fill()
      const context = new Context(open)
      let called = 0
      let permit
      try {
        if (typeof (item as Thenable)?.then === 'function') item = await item
        if (places && !stopped) {
          permit = places.tryAcquire() ?? (await places.acquire({ signal: context.signal }))
        }
        if (!stopped) {
          running += called = 1
          let result: Result | PromiseLike<Result>
          try {
            result = fn(item as Item, index, context)
          } catch (error) {
            // What it throws at once is heard in its turn, like a rejection.
            // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever was thrown
            result = Promise.reject(error)
          }
          result = await result
          if (!stopped) keep(slot, result)
        }
      } catch (error) {
        if (keepError) keepError(slot, error)
        else if (!onlyFollowed(context.signal, error) && !onlyFollowed(signal, error)) {
          errors[index] = error as Error
          loop.stop()
        }
      }
      permit?.release()
      live.delete(context)
      running -= called
      // What was taken, or the capacity of a semaphore that grew, has made room for others too.
      fill()
      completed += 1
    }
    end()
  }

  const loop = {
    taken: 0,
    pull() {
      if (signal?.aborted === true) loop.stop()
      else if (signal && !stopped) unlisten ??= onAbort(signal, loop.stop)
      fill()
      end()
    },
    stop() {
      if (stopped) return
      stopped = true
      if (signal?.aborted === true) failure = [signal.reason as Error]
      unlisten?.()
      for (const controller of live.values()) controller.abort(signal?.reason)
      void close()
      end()
    },
  }
  return loop
}

type Thenable = { readonly then?: unknown } | undefined
type Opener<Item> = Record<keyof AsyncIterable<Item> | keyof Iterable<Item>, () => Opened<Item>>
type Opened<Item> = Iterator<Item | PromiseLike<Item>> | AsyncIterator<Item | PromiseLike<Item>>
