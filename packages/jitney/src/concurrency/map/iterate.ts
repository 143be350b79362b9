import type { MapFunction, Source } from './map-settings.ts'
import type { Results } from '../results.ts'
import type { MapIterableOptions } from './map-iterable.ts'
import { pullLoop } from './pull-loop.ts'

type Step<Result> = IteratorResult<Result, undefined>

/** Where a result and the call of `next()` that it is for find each other. */
interface Place<Result> {
  step?: Step<Result>
  give?: ((step: Step<Result> | Promise<Step<Result>>) => void) | undefined
  next?: Place<Result> | undefined
}

/** The results of a loop, one for each `next()`: in input order, or in the order of completion. */
export function iterate<Item, Result>(
  action: string,
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options: MapIterableOptions | undefined,
  inInputOrder?: true,
): Results<Result> {
  const after = (one: Place<Result>): Place<Result> => (one.next ??= {})
  /** The last that was answered, the last that asks, and the last result. */
  let place: Place<Result> = {}
  let asker = place
  let slot = place
  let isOver = false
  /** There once everything has ended. */
  let failure: unknown[] | undefined

  const open = (): Place<Result> => (slot = after(slot))
  const loop = pullLoop<Item, Result, Place<Result> | undefined>(
    action,
    source,
    fn,
    options,
    inInputOrder,
    inInputOrder && open,
    (own = open(), value) => {
      own.step = { done: false, value }
      loop.untaken += 1
      give()
    },
    (error) => {
      failure = error
      give()
    },
  )

  /** Answers those who wait, as far as it can. */
  const give = (): void => {
    for (let own = place.next; own?.give; own = place.next) {
      const isReady = own.step && !isOver && !options?.signal?.aborted
      const step = isReady ? own.step : failure && end(failure)
      if (!step) return
      own.give(step)
      // Old places that point to young objects would keep those from being collected young.
      place.next = own.give = undefined
      place = own
      if (isReady) {
        loop.untaken -= 1
        loop.pull()
      }
    }
  }

  const end = async (errors: unknown[]): Promise<Step<Result>> => {
    if (errors.length > 0 && !isOver) {
      isOver = true
      throw errors[0] as Error
    }
    return { done: true } as Step<Result>
  }

  const next = (): Promise<Step<Result>> =>
    new Promise((resolve) => {
      ;(asker = after(asker)).give = resolve
      give()
      loop.pull()
    })

  const leave = (): Promise<Step<Result>> => {
    isOver = true
    loop.stop()
    return next()
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next,
    return: leave,
  }
}
