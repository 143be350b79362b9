import type { MapSettings } from './map-settings.ts'
import { type Failure, pullLoop } from './pull-loop.ts'
import type { Results } from '../results.ts'

type Step<Result> = IteratorResult<Result, undefined>

/** A place for a result; opened once there is a next one. */
interface Slot<Result> {
  step?: Step<Result>
  next?: Slot<Result>
}

/** Likewise, one who waits for a step. */
interface Asker<Result> {
  give?: (step: Step<Result>) => void
  fail?: (error: unknown) => void
  next?: Asker<Result>
}

/** The results of a loop, one for each `next()`: in input order, or in the order of completion. */
export function iterate<Item, Result>(
  settings: MapSettings<Item, Result>,
  inInputOrder: boolean,
): Results<Result> {
  let slot: Slot<Result> = {}
  let lastSlot = slot
  let asker: Asker<Result> = {}
  let lastAsker = asker
  let hasLeft = false
  /** There once everything has ended. */
  let failure: Failure | undefined

  const open = (): Slot<Result> => {
    const opened = lastSlot
    lastSlot = lastSlot.next = {}
    return opened
  }
  const loop = pullLoop(
    settings,
    () => (inInputOrder ? open() : undefined),
    (own = open(), value: Result) => {
      own.step = { done: false, value }
      give()
    },
    (error) => {
      failure = error
      give()
    },
  )

  /** Answers those who wait, as far as it can. */
  const give = (): void => {
    for (; asker.next; asker = asker.next) {
      if (slot.step && !hasLeft && settings.signal?.aborted !== true) {
        asker.give!(slot.step)
        slot = slot.next!
        loop.taken += 1
      } else if (!failure) return
      else if (hasLeft || failure.length === 0) asker.give!({ done: true, value: undefined })
      else {
        asker.fail!(failure[0])
        failure = []
      }
    }
  }

  const next = (): Promise<Step<Result>> =>
    new Promise((resolve, reject) => {
      lastAsker.give = resolve
      lastAsker.fail = reject
      lastAsker = lastAsker.next = {}
      give()
      loop.pull()
    })

  const leave = (): Promise<Step<Result>> => {
    hasLeft = true
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
