import { outcome } from 'jitney'
import { type Deferred, deferred } from 'jitney/testing'

/** A promise of a batch function, for some of its items. */
interface Open extends Deferred<unknown> {
  readonly numbers: readonly number[]
}

export type Ending = 'result' | 'failure' | 'again'

/** Promises that batch functions gave, and that moves settle, oldest first. */
export class Answers {
  readonly #open = new Set<Open>()
  readonly #onAnswer: (numbers: readonly number[]) => void

  constructor(onAnswer: (numbers: readonly number[]) => void) {
    this.#onAnswer = onAnswer
  }

  get size(): number {
    return this.#open.size
  }

  /** A promise for all of these. */
  promise(numbers: readonly number[]): Promise<unknown> {
    const open = { ...deferred<unknown>(), numbers }
    this.#open.add(open)
    return open.promise
  }

  /** The oldest promise settles. A list of outcomes for a batch, one outcome for an item. */
  end(how: Ending, isList: boolean): void {
    const [open] = this.#open
    if (open === undefined) return
    const { numbers, resolve, reject } = open
    this.#open.delete(open)
    this.#onAnswer(numbers)
    const again = outcome.retry({ after: numbers.length % 3 })
    if (how === 'failure') reject(new Error('the batch failed'))
    else if (how === 'result') resolve(undefined)
    else resolve(isList ? numbers.map(() => again) : again)
  }
}
