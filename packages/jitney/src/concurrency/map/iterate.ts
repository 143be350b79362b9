import type { MapFunction, Source } from './map-settings.ts'
import type { Results } from '../results.ts'
import type { MapIterableOptions } from './map-iterable.ts'
import { pullLoop } from './pull-loop.ts'

type Step<Result> = IteratorResult<Result, undefined>

/** Where a result and the call of `next()` that it is for find each other. */
class Place<Result> {
  step: Step<Result> | undefined
  give: ((step: Step<Result> | Promise<Step<Result>>) => void) | undefined
  next: Place<Result> | undefined
}

/** The results of a loop, one for each `next()`: in input order, or in the order of completion. */
export function iterate<Item, Result>(
  action: string,
  source: Source<Item>,
  fn: MapFunction<Item, Result>,
  options: MapIterableOptions | undefined,
  inInputOrder?: boolean,
): Results<Result> {
  /** Of the next to be answered, the next that asks, and the next result. */
  let place = new Place<Result>()
  let asker = place
  let slot = place
  let isOver = false
  /** There once everything has ended. */
  let failure: unknown[] | undefined

  const after = (one: Place<Result>): Place<Result> => (one.next ??= new Place())
  const open = (): Place<Result> => {
    const own = slot
    slot = after(own)
    return own
  }
  const loop = pullLoop(
    action,
    source,
    fn,
    options,
    inInputOrder,
    () => (inInputOrder ? open() : undefined),
    (own = open(), value) => {
      own.step = { done: false, value }
      loop.held += 1
      give()
    },
    (error) => {
      failure = error
      give()
    },
  )

  /** Answers those who wait, as far as it can. */
  const give = (): void => {
    while (place.give) {
      const { give: answer, step } = place
      const isReady = step && !isOver && loop.signal?.aborted !== true
      if (!isReady && !failure) return
      place = after(place)
      if (isReady) {
        answer(step)
        loop.held -= 1
        loop.pull()
      } else {
        answer(end(failure!))
        isOver = true
      }
    }
  }

  const end = async (errors: unknown[]): Promise<Step<Result>> => {
    if (errors.length > 0 && !isOver) throw errors[0] as Error
    return { done: true, value: undefined }
  }

  const next = (): Promise<Step<Result>> =>
    new Promise((resolve) => {
      asker.give = resolve
      asker = after(asker)
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
    async throw(error) {
      await leave()
      // oxlint-disable-next-line typescript/only-throw-error -- whatever the consumer threw
      throw error
    },
  }
}
