import type { BatchContext } from '../batcher/batch-function.ts'
import { Batcher } from '../batcher/batcher.ts'
import type { BatcherOptions } from '../batcher/options.ts'
import { type Outcome, outcome } from '../batcher/outcome.ts'
import type { RetrySettings } from '../integration/retry.ts'
import { failureOf, SqlError } from './sql-error.ts'
import type { Verdict } from './verdict.ts'

/** One statement in the making. */
export interface Draft<Item, Result> {
  /**
   * Takes an item in, or says that another statement has to: never if it is the first. What it
   * throws is the item's own error, and nothing of the item is left then.
   */
  add(item: Item): boolean
  /** One result per item, or `undefined` where they have none. An `Error` fails its item alone. */
  send(): Promise<Results<Result>> | Results<Result>
}

type Results<Result> = readonly (Result | Error | Outcome)[] | undefined

/** What tells one kind of statement from another. */
export interface Work<Item, Result> {
  /** What errors say was to be done, as in "Cannot store row". */
  readonly action: string
  readonly retry: RetrySettings
  /** Whether a statement whose outcome is not known may be sent again. */
  readonly idempotent: boolean
  /** Asks the database what has to be known before the first statement. */
  readonly prepare?: (() => Promise<void>) | undefined
  /** Begins a statement. Called after `prepare`. */
  draft(): Draft<Item, Result>
  verdictOn(error: unknown): Verdict
}

/** What one statement carries, and which items of the batch that is. */
interface Part<Item, Result> {
  readonly indexes: number[]
  readonly draft: Draft<Item, Result>
}

/**
 * A batcher that does each batch in as few statements as fit, one after the other.
 *
 * Halves are made here and not by the core, since what is done already must not be done again, and
 * attempts then count nothing but luck.
 */
export function sqlBatcher<Item, Result>(
  work: Work<Item, Result>,
  options: BatcherOptions<Item>,
): Batcher<Item, Result> {
  const { action, retry } = work

  async function run(items: readonly Item[], context: BatchContext): Promise<unknown[]> {
    const outcomes: unknown[] = []
    // Most of what is stored has none.
    outcomes.length = items.length
    const fail = (indexes: readonly number[], error: unknown, verdict: Verdict): void => {
      const { isDone, state } = verdict
      const mayRepeat = verdict.action === 'retry' && (isDone === 'no' || work.idempotent)
      for (const index of indexes) {
        const isPatient = mayRepeat && context.entries[index]!.attempt < retry.attempts
        outcomes[index] = isPatient ? outcome.retry() : failureOf(action, error, isDone, state)
      }
    }
    const send = async ({ indexes, draft }: Part<Item, Result>): Promise<void> => {
      context.signal.throwIfAborted()
      let results: readonly unknown[] | undefined
      try {
        results = await draft.send()
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
        await sendAll(indexes.slice(0, middle))
        return sendAll(indexes.slice(middle))
      }
      if (results === undefined) return
      for (let at = 0; at < indexes.length; at += 1) outcomes[indexes[at]!] = results[at]
    }
    const sendAll = async (indexes: readonly number[]): Promise<void> => {
      for (const part of partsOf(work, items, indexes, outcomes)) await send(part)
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
    const all: number[] = []
    for (let index = 0; index < items.length; index += 1) all.push(index)
    await sendAll(all)
    return outcomes
  }

  return new Batcher<Item, Result>(
    async (items, context) => (await run(items, context)) as Outcome<Result>[],
    { ...options, retry: { ...retry, when: () => false } },
  )
}

/** Cuts items where a statement would be too large. What cannot be sent gets its outcome. */
function partsOf<Item, Result>(
  work: Work<Item, Result>,
  items: readonly Item[],
  indexes: readonly number[],
  outcomes: unknown[],
): Part<Item, Result>[] {
  const parts: Part<Item, Result>[] = []
  let part: Part<Item, Result> | undefined
  for (const index of indexes) {
    try {
      const item = items[index]!
      if (part === undefined || !part.draft.add(item)) {
        const draft = work.draft()
        draft.add(item)
        part = { indexes: [], draft }
        parts.push(part)
      }
      part.indexes.push(index)
    } catch (error) {
      outcomes[index] = outcome.error(error)
    }
  }
  return parts
}
