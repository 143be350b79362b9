import type { Callers } from './callers.ts'
import type { Entry } from './entry.ts'
import { kindOf, type Outcome } from './outcome.ts'
import { isThenable, readResults, sharedErrors } from './results.ts'
import type { Run } from './run.ts'

/**
 * Hands what a batch function returned to the callers of one run who still wait.
 *
 * Never throws, whatever came. An outcome that is a promise is waited for: its caller stays with
 * the run, and `onEnd` is called when the last of them has settled.
 */
export class Delivery<Item, Result> {
  readonly #run: Run<Item, Result>
  readonly #callers: Callers<Item, Result>
  readonly #onEnd: () => void
  #results: ArrayLike<unknown> | undefined
  #shared: ReadonlySet<unknown> | undefined
  /** Outcomes that are not known yet; the list itself counts as one until it is through. */
  #open = 1

  constructor(run: Run<Item, Result>, callers: Callers<Item, Result>, onEnd: () => void) {
    this.#run = run
    this.#callers = callers
    this.#onEnd = onEnd
  }

  readonly deliver = (returned: unknown): void => {
    const { entries } = this.#run
    try {
      this.#results = readResults(returned, entries.length)
      for (let index = 0; index < entries.length; index += 1) {
        this.#take(entries[index] as Entry<Item, Result>, this.#results?.[index])
      }
      this.#results = undefined
    } catch (error) {
      this.fail(error)
      return
    }
    this.#end()
  }

  /** Rejects all who still wait. */
  readonly fail = (error: unknown): void => {
    const { entries, size } = this.#run
    for (const entry of entries) {
      if (this.#leaves(entry)) this.#callers.fail(entry, size, error)
    }
    this.#end()
  }

  #take(entry: Entry<Item, Result>, result: unknown): void {
    const simple = (typeof result !== 'object' && typeof result !== 'function') || result === null
    if (simple) this.#fulfil(entry, result)
    else if (result instanceof Error) this.#reject(entry, result)
    else this.#takeObject(entry, result)
  }

  #takeObject(entry: Entry<Item, Result>, result: object): void {
    try {
      const kind = kindOf(result)
      if (kind === 'value') this.#fulfil(entry, (result as Outcome<unknown>).content)
      else if (kind === 'error') this.#reject(entry, (result as Outcome<unknown>).content)
      else if (isThenable(result)) this.#await(entry, result)
      else this.#fulfil(entry, result)
    } catch (error) {
      // A getter or a proxy that throws: what `await` would do with it.
      this.#reject(entry, error)
    }
  }

  #await(entry: Entry<Item, Result>, outcome: PromiseLike<unknown>): void {
    this.#open += 1
    void Promise.resolve(outcome)
      .then((result) => {
        this.#take(entry, result)
      })
      .catch((error: unknown) => {
        this.#reject(entry, error)
      })
      .then(() => {
        this.#end()
      })
  }

  #fulfil(entry: Entry<Item, Result>, result: unknown): void {
    if (this.#leaves(entry)) this.#callers.fulfil(entry, result as Result)
  }

  #reject(entry: Entry<Item, Result>, error: unknown): void {
    if (!this.#leaves(entry)) return
    this.#shared ??= sharedErrors(this.#results)
    if (this.#shared.has(error)) this.#callers.fail(entry, this.#run.size, error)
    else this.#callers.reject(entry, error)
  }

  /** Takes a caller off the run, unless it left before. */
  #leaves(entry: Entry<Item, Result>): boolean {
    if (entry.resolve === undefined) return false
    this.#run.live -= 1
    return true
  }

  #end(): void {
    this.#open -= 1
    if (this.#open === 0) this.#onEnd()
  }
}
