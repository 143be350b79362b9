import { describe } from '../platform/describe.ts'
import { refusal } from '../platform/errors.ts'
import type { Batcher } from '../batcher/batcher.ts'
import { listDraft } from './list-draft.ts'
import { byOrdinal } from './ordinals.ts'
import { readSqlOptions } from './own-options.ts'
import { sqlBatcher, type Work } from './sql-batcher.ts'
import {
  type StatementBatcherOptions,
  statementGuards,
  type StatementSettings,
} from './statement-options.ts'
import type { Verdict } from './verdict.ts'

/** How a database runs statements that callers make. */
export interface StatementRunner {
  /** Refuses what is no client. */
  check(action: string): void
  /** Most values of a statement. */
  readonly mostParameters: number
  query(sql: string, values: unknown[]): Promise<readonly unknown[]>
  verdictOn(error: unknown): Verdict
}

/** A batcher over a statement of the caller's, on any database. */
export function batcherOfStatements<Item, Row>(
  runner: StatementRunner,
  options: StatementBatcherOptions<Item>,
): Batcher<Item, Row | undefined> {
  const creating = 'create statementBatcher'
  runner.check(creating)
  const { own, rest } = readSqlOptions<StatementSettings, Item>(creating, statementGuards, options)
  return sqlBatcher(statementWork<Item, Row>(own, runner), rest)
}

/** More values than a statement may have. */
class TooManyValues extends RangeError {}

function statementWork<Item, Row>(
  { statement, idempotent, retry }: StatementSettings,
  { mostParameters, query, verdictOn }: StatementRunner,
): Work<Item, Row | undefined> {
  const send = async (items: readonly Item[]): Promise<(Row | undefined)[]> => {
    const { sql, values } = made(statement, items)
    if (values.length > mostParameters) {
      throw new TooManyValues(
        `expected at most ${mostParameters} values, received ${values.length}`,
      )
    }
    return byOrdinal<Row>(await query(sql, [...values]), items.length)
  }
  return {
    action: 'run statement',
    retry,
    idempotent,
    draft: () =>
      listDraft(
        (item) => item,
        () => true,
        send,
      ),
    verdictOn: (error) => {
      if (error instanceof TooManyValues) return { action: 'split', isDone: 'no' }
      if (error instanceof NotMade) return { action: 'fail', isDone: 'no' }
      return verdictOn(error)
    },
  }
}

/** The caller's function made no statement. */
class NotMade extends Error {}

function made(
  statement: StatementSettings['statement'],
  items: readonly unknown[],
): { readonly sql: string; readonly values: readonly unknown[] } {
  let given: unknown
  try {
    given = statement(items as readonly never[])
  } catch (cause) {
    throw new NotMade(`'statement' threw ${describe(cause)}`, { cause })
  }
  const { sql, values } = Object(given) as { sql?: unknown; values?: unknown }
  if (typeof sql === 'string' && Array.isArray(values)) return { sql, values }
  const { message } = refusal('run it', 'statement', 'a function that gives { sql, values }', given)
  throw new NotMade(message)
}
