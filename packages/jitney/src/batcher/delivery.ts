import type { Callers } from './callers.ts'
import { type Entry, isWaiting, settle } from './entry.ts'
import { kindOf, type Outcome } from './outcome.ts'
import { follow, isError, isThenable, promisesIn, readResults, sharedErrors } from './results.ts'
import type { Run } from './run.ts'

/** What a delivery has to tell of its run. */
export interface DeliveryEvents<Item, Result> {
  /** The batch function threw. */
  onFailure(run: Run<Item, Result>, error: unknown): void
  /** The batch function asked for another attempt of these, after so many milliseconds. */
  onRetry(run: Run<Item, Result>, entries: readonly Entry<Item, Result>[], after: number): void
  /** Every outcome is known: the run is over. */
  onEnd(run: Run<Item, Result>): void
  /** Every caller is settled, though outcomes that nobody waits for are not known yet. */
  onAllSettled(run: Run<Item, Result>): void
}

/**
 * Hands what a batch function returned to the callers of one run who still wait.
 *
 * Never throws, whatever came. Outcomes that are promises are waited for, also those that nobody
 * takes: they belong to the run, and must not be reported as unhandled.
 */
export class Delivery<Item, Result> {
  readonly #run: Run<Item, Result>
  readonly #callers: Callers<Item, Result>
  readonly #events: DeliveryEvents<Item, Result>
  #results: ArrayLike<unknown> | undefined
  /** Errors that other callers have, or are about to get. */
  #given: WeakSet<Error> | undefined
  /** Entries for another attempt, by the milliseconds until then. */
  #again: Map<number, Entry<Item, Result>[]> | undefined
  /** Outcomes that are not known yet; the list itself counts as one until it is through. */
  #open = 1

  constructor(
    run: Run<Item, Result>,
    callers: Callers<Item, Result>,
    events: DeliveryEvents<Item, Result>,
  ) {
    this.#run = run
    this.#callers = callers
    this.#events = events
  }

  readonly deliver = (returned: unknown): void => {
    if (this.#run.live === 0) this.#ignore(returned)
    else this.#hand(returned)
    this.#end()
  }

  readonly fail = (error: unknown): void => {
    this.#run.failed = true
    if (this.#run.live > 0) this.#events.onFailure(this.#run, error)
    this.#end()
  }

  #hand(returned: unknown): void {
    const { entries } = this.#run
    // Counted here and not one by one, as this loop is most of what a batch costs.
    let fulfilled = 0
    try {
      const results = readResults(returned, entries.length)
      this.#results = results
      for (let index = 0; index < entries.length; index += 1) {
        const entry = entries[index] as Entry<Item, Result>
        const result = results?.[index]
        if (!isSimple(result)) this.#take(entry, result)
        else if (settle(entry, result as Result)) fulfilled += 1
      }
    } catch (error) {
      this.#ignore(returned)
      this.#failAll(error)
    }
    this.#results = undefined
    this.#run.live -= fulfilled
    this.#callers.fulfilled += fulfilled
    this.#retry()
  }

  #failAll(error: unknown): void {
    const { entries, size } = this.#run
    this.#run.failed = true
    for (const entry of entries) {
      if (this.#leaves(entry)) this.#callers.fail(entry, size, error)
    }
  }

  #take(entry: Entry<Item, Result>, result: unknown): void {
    if (isSimple(result)) this.#fulfil(entry, result)
    else this.#takeObject(entry, result as object)
  }

  #takeObject(entry: Entry<Item, Result>, result: object): void {
    try {
      const kind = kindOf(result)
      if (result instanceof Error) this.#reject(entry, result)
      else if (kind === 'error') this.#reject(entry, (result as Outcome<unknown>).content)
      else if (kind === 'retry') this.#keep(entry, (result as Outcome<number>).content)
      else if (kind === 'value') this.#takeValue(entry, (result as Outcome<unknown>).content)
      else if (isThenable(result)) this.#await(entry, result, this.#take)
      else this.#fulfil(entry, result)
    } catch (error) {
      // A getter or a proxy that throws: what `await` would do with it.
      this.#reject(entry, error)
    }
  }

  /** A value whatever it is, an `Error` too. */
  #takeValue(entry: Entry<Item, Result>, value: unknown): void {
    if (isThenable(value)) this.#await(entry, value, this.#fulfil)
    else this.#fulfil(entry, value)
  }

  #await(
    entry: Entry<Item, Result>,
    outcome: unknown,
    take: (entry: Entry<Item, Result>, result: unknown) => void,
  ): void {
    this.#open += 1
    // One job for both: whoever hears of the last caller must know that nothing is open.
    follow(outcome).then(
      (result) => {
        take.call(this, entry, result)
        this.#retry()
        this.#end()
      },
      (error: unknown) => {
        this.#reject(entry, error)
        this.#end()
      },
    )
  }

  #keep(entry: Entry<Item, Result>, after: number): void {
    if (!isWaiting(entry)) return
    this.#again ??= new Map()
    const entries = this.#again.get(after) ?? []
    entries.push(entry)
    this.#again.set(after, entries)
  }

  /** Has those of one list come back together. */
  #retry(): void {
    const again = this.#again
    if (again === undefined) return
    this.#again = undefined
    for (const [after, entries] of again) {
      this.#events.onRetry(this.#run, entries.filter(isWaiting), after)
    }
  }

  /** Waits for the promises in a list that nobody takes. */
  #ignore(returned: unknown): void {
    const end = (): void => {
      this.#end()
    }
    for (const outcome of promisesIn(returned)) {
      this.#open += 1
      follow(outcome).then(end, end)
    }
  }

  #fulfil(entry: Entry<Item, Result>, result: unknown): void {
    if (this.#leaves(entry)) this.#callers.fulfil(entry, result as Result)
  }

  /** The item failed. An `Error` that another caller of the batch has too is wrapped. */
  #reject(entry: Entry<Item, Result>, error: unknown): void {
    if (!this.#leaves(entry)) return
    if (isError(error) && this.#isGiven(error)) {
      this.#callers.fail(entry, this.#run.size, error)
    } else this.#callers.reject(entry, error)
  }

  #isGiven(error: Error): boolean {
    this.#given ??= sharedErrors(this.#results)
    const given = this.#given.has(error)
    this.#given.add(error)
    return given
  }

  /** Takes a caller off the run, unless it left before. */
  #leaves(entry: Entry<Item, Result>): boolean {
    if (entry.resolve === undefined) return false
    this.#run.live -= 1
    return true
  }

  #end(): void {
    this.#open -= 1
    if (this.#open === 0) this.#events.onEnd(this.#run)
    else if (this.#run.live === 0) this.#events.onAllSettled(this.#run)
  }
}

/** Whether it can be nothing but a plain value. */
function isSimple(result: unknown): boolean {
  return (typeof result !== 'object' && typeof result !== 'function') || result === null
}
