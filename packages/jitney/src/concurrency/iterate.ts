import type { MapSettings } from './map-settings.ts'
import { type Failure, type Form, pullLoop } from './pull-loop.ts'

type Step<Result> = IteratorResult<Result, undefined>

/** A place for a result. */
interface Slot<Result> {
  isReady: boolean
  result: Result | undefined
  next: Slot<Result> | undefined
}

/** One who waits for a step. */
interface Waiter<Result> {
  readonly give: (step: Step<Result>) => void
  readonly fail: (error?: unknown) => void
  next: Waiter<Result> | undefined
}

/** A queue that is as fast however long it is. */
class Chain<Node extends { next: Node | undefined }> {
  first: Node | undefined
  #last: Node | undefined

  push(node: Node): Node {
    if (this.first === undefined) this.first = node
    else this.#last!.next = node
    this.#last = node
    return node
  }
}

/** The results of a loop, one for each `next()`: in input order, or in the order of completion. */
export function iterate<Item, Result>(
  settings: MapSettings<Item, Result>,
  inInputOrder: boolean,
): AsyncIterableIterator<Result, undefined> {
  const slots = new Chain<Slot<Result>>()
  const waiters = new Chain<Waiter<Result>>()
  let hasLeft = false
  let hasEnded = false
  let failure: Failure = []

  const open = (): Slot<Result> =>
    slots.push({ isReady: false, result: undefined, next: undefined })

  const form: Form<Slot<Result> | undefined, Result> = {
    taken: 0,
    pulled: () => (inInputOrder ? open() : undefined),
    keep(slot = open(), result) {
      slot.result = result
      slot.isReady = true
      give()
      // This result's worker goes on by itself. One that others waited for has made more room.
      if (inInputOrder) loop.pull()
    },
    end(error) {
      hasEnded = true
      failure = error
      give()
    },
  }
  const loop = pullLoop(settings, form)

  /** Answers those who wait, as far as it can. */
  const give = (): void => {
    for (let waiter = waiters.first; waiter !== undefined; waiter = waiters.first) {
      const slot = slots.first
      if (slot?.isReady === true && !hasLeft && settings.signal?.aborted !== true) {
        slots.first = slot.next
        form.taken += 1
        waiter.give({ done: false, value: slot.result as Result })
      } else if (!hasEnded) break
      else if (hasLeft || failure.length === 0) waiter.give({ done: true, value: undefined })
      else {
        waiter.fail(...failure)
        failure = []
      }
      waiters.first = waiter.next
    }
  }

  const wait = (): Promise<Step<Result>> =>
    new Promise((resolve, reject) => {
      waiters.push({ give: resolve, fail: reject, next: undefined })
      give()
    })

  const leave = (): Promise<Step<Result>> => {
    hasLeft = true
    loop.stop()
    return wait()
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      const step = wait()
      loop.pull()
      return step
    },
    return: leave,
    async throw(error) {
      await leave()
      // oxlint-disable-next-line typescript/only-throw-error -- whatever the consumer threw
      throw error
    },
  }
}
