import type { BatchContext } from '../batcher/batch-function.ts'
import { Batcher } from '../batcher/batcher.ts'
import type { BatcherOptions } from '../batcher/options.ts'
import { type Outcome, outcome } from '../batcher/outcome.ts'
import type { RetrySettings } from '../http/options.ts'
import { refusal } from '../platform/errors.ts'
import { failureOf, SqlError } from './sql-error.ts'
import type { Verdict } from './verdict.ts'

/** How much one statement may carry. */
export interface Capacity {
  readonly items: number
  /** Most that the sizes of its items may be together. */
  readonly size: number
}

/** What tells one kind of statement from another. */
export interface Work<Item, Encoded, Result> {
  /** What errors say was to be done, as in "Cannot store row". */
  readonly action: string
  readonly retry: RetrySettings
  /** Whether a statement whose outcome is not known may be sent again. */
  readonly idempotent: boolean
  /** Asks the database what has to be known before the first statement. */
  readonly prepare?: (() => Promise<void>) | undefined
  /** Called after `prepare`. What it throws is the item's own error. */
  encode(item: Item): Encoded
  readonly capacity: () => Capacity
  /** In bytes, roughly; never less than it takes. */
  sizeOf(encoded: Encoded): number
  /** One statement; one result per item. An `Error` fails its item alone. */
  execute(
    encoded: readonly Encoded[],
  ): Promise<readonly (Result | Error | Outcome)[]> | readonly (Result | Error | Outcome)[]
  verdictOn(error: unknown): Verdict
}

interface Place<Encoded> {
  readonly index: number
  readonly encoded: Encoded
}

/**
 * A batcher that does each batch in as few statements as fit, one after the other.
 *
 * Halves are made here and not by the core, since what is done already must not be done again, and
 * attempts then count nothing but luck.
 */
export function sqlBatcher<Item, Encoded, Result>(
  work: Work<Item, Encoded, Result>,
  options: BatcherOptions<Item>,
): Batcher<Item, Result> {
  const { action, retry } = work

  async function run(items: readonly Item[], context: BatchContext): Promise<unknown[]> {
    const outcomes: unknown[] = Array.from({ length: items.length })
    const fail = (places: readonly Place<Encoded>[], error: unknown, verdict: Verdict): void => {
      const { isDone, state } = verdict
      const mayRepeat = verdict.action === 'retry' && (isDone === 'no' || work.idempotent)
      for (const { index } of places) {
        const isPatient = mayRepeat && context.entries[index]!.attempt < retry.attempts
        outcomes[index] = isPatient ? outcome.retry() : failureOf(action, error, isDone, state)
      }
    }
    const send = async (places: readonly Place<Encoded>[]): Promise<void> => {
      context.signal.throwIfAborted()
      let results: readonly unknown[]
      try {
        results = await work.execute(places.map(({ encoded }) => encoded))
      } catch (error) {
        if (error instanceof SqlError) {
          for (const { index } of places) {
            outcomes[index] = new SqlError(error.code, error.message, error.state, error.cause)
          }
          return
        }
        const verdict = work.verdictOn(error)
        if (verdict.action !== 'split' || places.length === 1) return fail(places, error, verdict)
        // In order: of two that update the same row, the later one stays the later.
        const middle = Math.ceil(places.length / 2)
        await send(places.slice(0, middle))
        return send(places.slice(middle))
      }
      for (const [at, { index }] of places.entries()) outcomes[index] = results[at]
    }

    try {
      await work.prepare?.()
    } catch (error) {
      const { action: next, state } = work.verdictOn(error)
      // It only read. A TypeError is ours: the table has no such column.
      fail(
        items.map((_, index) => ({ index, encoded: undefined as Encoded })),
        error,
        { action: error instanceof TypeError ? 'fail' : next, isDone: 'no', state },
      )
      return outcomes
    }
    for (const places of statementsOf(work, items, outcomes)) await send(places)
    return outcomes
  }

  return new Batcher<Item, Result>(
    async (items, context) => (await run(items, context)) as Outcome<Result>[],
    { ...options, retry: { ...retry, when: () => false } },
  )
}

/** Cuts a batch where a statement would be too large. What cannot be sent gets its outcome. */
function statementsOf<Item, Encoded, Result>(
  work: Work<Item, Encoded, Result>,
  items: readonly Item[],
  outcomes: unknown[],
): Place<Encoded>[][] {
  const capacity = work.capacity()
  const statements: Place<Encoded>[][] = []
  let last: Place<Encoded>[] = []
  let room = 0
  for (const [index, item] of items.entries()) {
    let encoded: Encoded
    let size: number
    try {
      encoded = work.encode(item)
      size = work.sizeOf(encoded)
      if (size > capacity.size) throw tooLarge(work.action, capacity.size, size)
    } catch (error) {
      outcomes[index] = outcome.error(error)
      continue
    }
    if (last.length === 0 || last.length >= capacity.items || size > room) {
      last = []
      statements.push(last)
      room = capacity.size
    }
    last.push({ index, encoded })
    room -= size
  }
  return statements
}

function tooLarge(action: string, most: number, size: number): Error {
  return refusal(action, 'item', `at most ${most} bytes`, size, 'JITNEY_OUT_OF_RANGE')
}
