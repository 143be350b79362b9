import type { BatchContext } from '../batcher/batch-function.ts'
import { Batcher } from '../batcher/batcher.ts'
import type { BatcherOptions } from '../batcher/options.ts'
import { type Outcome, outcome } from '../batcher/outcome.ts'
import type { RetrySettings } from '../http/options.ts'
import { refusal } from '../platform/errors.ts'
import { failureOf, SqlError } from './sql-error.ts'
import type { Verdict } from './verdict.ts'

/** How much one statement may carry. */
interface Capacity {
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

/** What one statement carries, and which items of the batch that is. */
interface Part<Encoded> {
  readonly indexes: number[]
  readonly encoded: Encoded[]
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
    const outcomes: unknown[] = []
    const fail = (indexes: readonly number[], error: unknown, verdict: Verdict): void => {
      const { isDone, state } = verdict
      const mayRepeat = verdict.action === 'retry' && (isDone === 'no' || work.idempotent)
      for (const index of indexes) {
        const isPatient = mayRepeat && context.entries[index]!.attempt < retry.attempts
        outcomes[index] = isPatient ? outcome.retry() : failureOf(action, error, isDone, state)
      }
    }
    const send = async ({ indexes, encoded }: Part<Encoded>): Promise<void> => {
      context.signal.throwIfAborted()
      let results: readonly unknown[]
      try {
        results = await work.execute(encoded)
      } catch (error) {
        if (error instanceof SqlError) {
          for (const index of indexes) {
            outcomes[index] = new SqlError(error.code, error.message, error.state, error.cause)
          }
          return
        }
        const verdict = work.verdictOn(error)
        if (verdict.action !== 'split' || indexes.length === 1) return fail(indexes, error, verdict)
        // In order: of two that update the same row, the later one stays the later.
        const middle = Math.ceil(indexes.length / 2)
        await send({ indexes: indexes.slice(0, middle), encoded: encoded.slice(0, middle) })
        return send({ indexes: indexes.slice(middle), encoded: encoded.slice(middle) })
      }
      for (let at = 0; at < indexes.length; at += 1) outcomes[indexes[at]!] = results[at]
    }

    try {
      await work.prepare?.()
    } catch (error) {
      const { action: next, state } = work.verdictOn(error)
      // It only read. A TypeError is ours: the table has no such column.
      fail([...items.keys()], error, {
        action: error instanceof TypeError ? 'fail' : next,
        isDone: 'no',
        state,
      })
      return outcomes
    }
    for (const part of partsOf(work, items, outcomes)) await send(part)
    return outcomes
  }

  return new Batcher<Item, Result>(
    async (items, context) => (await run(items, context)) as Outcome<Result>[],
    { ...options, retry: { ...retry, when: () => false } },
  )
}

/** Cuts a batch where a statement would be too large. What cannot be sent gets its outcome. */
function partsOf<Item, Encoded, Result>(
  work: Work<Item, Encoded, Result>,
  items: readonly Item[],
  outcomes: unknown[],
): Part<Encoded>[] {
  const capacity = work.capacity()
  const parts: Part<Encoded>[] = []
  let part: Part<Encoded> = { indexes: [], encoded: [] }
  let room = 0
  for (let index = 0; index < items.length; index += 1) {
    outcomes.push(undefined)
    let encoded: Encoded
    let size: number
    try {
      encoded = work.encode(items[index]!)
      size = work.sizeOf(encoded)
      if (size > capacity.size) throw tooLarge(work.action, capacity.size, size)
    } catch (error) {
      outcomes[index] = outcome.error(error)
      continue
    }
    if (parts.length === 0 || part.indexes.length >= capacity.items || size > room) {
      part = { indexes: [], encoded: [] }
      parts.push(part)
      room = capacity.size
    }
    part.indexes.push(index)
    part.encoded.push(encoded)
    room -= size
  }
  return parts
}

function tooLarge(action: string, most: number, size: number): Error {
  return refusal(action, 'item', `at most ${most} bytes`, size, 'JITNEY_OUT_OF_RANGE')
}
