/// <reference lib="esnext.disposable" preserve="true" />
import { amountTo, count, countOrZero, type Guard } from '../platform/guards.ts'
import { createLine, type Line } from './line.ts'

/** Options of `acquire`. */
export interface AcquireOptions {
  /**
   * How many places the permit holds: an integer of at least 1, at most the capacity. Count in a
   * smaller unit instead of fractions: sums stay exact for ever.
   * @default 1
   */
  readonly weight?: number | undefined
  /**
   * Ends the wait: the promise rejects with its reason. A permit once given stays.
   * @default none
   */
  readonly signal?: AbortSignal | undefined
}

/** Options of `tryAcquire`. */
export type TryAcquireOptions = Pick<AcquireOptions, 'weight'>

/** Places of a `Semaphore`, held until they are released. */
export interface Permit extends Disposable {
  /** Gives the places back to who waits longest. The second time it does nothing. */
  release(): void
}

/**
 * A number of places, held by those who got in; the others wait in line. Batchers that share one as
 * their `concurrency` hold a place for each batch that runs.
 *
 * - Never more than `capacity` is given away; a permit counts by its weight.
 * - First come, first served: a released place goes to who waits longest, no newcomer takes it, and
 *   a light one behind a heavy one waits too.
 * - A waiter that aborts is out at once and takes nothing with it.
 * - `capacity` can be changed while running: lowered, it lets permits that are out come back;
 *   raised, it lets in as many as fit. At 0 nobody gets in.
 * - Each operation takes constant time on average, however many wait.
 *
 * @example
 * ```ts
 * import { Semaphore } from 'jitney'
 *
 * const connections = new Semaphore(2)
 * async function query(text: string): Promise<string> {
 *   using permit = await connections.acquire()
 *   return text.toUpperCase()
 * }
 * const answers = Promise.all(['a', 'b', 'c'].map(query))
 * connections.active // => 2
 * connections.queued // => 1
 * await answers // => ['A', 'B', 'C']
 * connections.active // => 0
 * ```
 */
export class Semaphore {
  #capacity = 0
  #active = 0
  #fits!: Guard<number>
  readonly #line: Line<Permit> = createLine(
    'acquire',
    () => this.#capacity - this.#active,
    (weight) => {
      this.#active += weight
      let held = weight
      const release = (): void => {
        this.#active -= held
        held = 0
        this.#line.serveAll()
      }
      return { release, [Symbol.dispose]: release }
    },
    {
      weight: (action, name, value = 1) => this.#fits(action, name, count(action, name, value)),
    },
  )

  /** @param capacity how many places there are: an integer of at least 0, or `Infinity`. */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** How many places there are: an integer of at least 0, or `Infinity`. Settable while running. */
  get capacity(): number {
    return this.#capacity
  }

  set capacity(value: number) {
    this.#capacity = countOrZero('set capacity', 'capacity', value)
    // Whatever the weight, it waits while there is no place at all.
    this.#fits = amountTo(value || Infinity)
    this.#line.serveAll()
  }

  /** Places that are held: the sum of the weights. More than `capacity` after that was lowered. */
  get active(): number {
    return this.#active
  }

  /** Calls of `acquire` that wait. */
  get queued(): number {
    return this.#line.waiters.size
  }

  /**
   * Resolves to a permit as soon as its places are free and nobody who came before waits.
   *
   * Rejects with the signal's reason if that aborts before, with a RangeError for a weight over the
   * capacity, since that could never fit. A waiter that a lowered capacity leaves too heavy waits
   * on; while the capacity is 0, any weight waits.
   */
  acquire(options?: AcquireOptions): Promise<Permit> {
    return this.#line.enrol(options)
  }

  /**
   * A permit, if its places are free and nobody waits; else `undefined`.
   *
   * @throws RangeError for a weight over the capacity, unless that is 0.
   */
  tryAcquire(options?: TryAcquireOptions): Permit | undefined {
    return this.#line.tryNow(options)?.value
  }

  /**
   * Waits in line like `acquire`, but takes nothing: `serve` decides. It is called once, when it is
   * first in line and `weight` places are free, and never before this returns. Within it,
   * `tryAcquire` acts as if nobody else waited; then the next in line is served.
   *
   * @param weight how many places: an integer of at least 1, at most the capacity.
   * @returns what ends the wait; does nothing after `serve` was called.
   * @throws RangeError for a weight over the capacity, unless that is 0.
   */
  onAllowance(weight: number, serve: () => void): () => void {
    return this.#line.onAllowance(weight, serve)
  }
}
