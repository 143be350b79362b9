import { describe } from '../platform/describe.ts'
import { refusal } from '../platform/errors.ts'
import { listDraft } from './list-draft.ts'
import { byOrdinal } from './ordinals.ts'
import type { Work } from './sql-batcher.ts'
import type { StatementSettings } from './statement-options.ts'
import type { Verdict } from './verdict.ts'

/** More values than a statement may have. */
class TooManyValues extends RangeError {}

/** The work of a statement that the caller makes. */
export function statementWork<Item, Row>(
  { statement, idempotent, retry }: StatementSettings,
  mostParameters: number,
  query: (sql: string, values: unknown[]) => Promise<readonly unknown[]>,
  verdictOn: (error: unknown) => Verdict,
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
