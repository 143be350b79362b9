import { messageOf } from '../platform/message-of.ts'

type Code = 'JITNEY_SQL_FAILED' | 'JITNEY_SQL_OUTCOME_UNKNOWN' | 'JITNEY_SQL_WRONG_ROWS'

/**
 * The database did not do what an item asks for. `JITNEY_SQL_FAILED`: nothing was done for the item.
 * `JITNEY_SQL_OUTCOME_UNKNOWN`: the connection was lost before the answer came, and it may have been
 * done. `JITNEY_SQL_WRONG_ROWS`: it was done, but the rows that came back fit no items.
 *
 * `cause` is the client's error. Each caller has an object of its own.
 */
export class SqlError extends Error {
  static {
    this.prototype.name = 'SqlError'
  }

  /** Which of the three it was. */
  declare readonly code: Code
  /** Whether it is certain that nothing was done for the item. */
  declare readonly isOutcomeKnown: boolean
  /** What the database calls the failure: SQLSTATE, or SQLite's code; `undefined` without one. */
  declare readonly state: string | undefined

  constructor(code: Code, message: string, state?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.isOutcomeKnown = code !== 'JITNEY_SQL_OUTCOME_UNKNOWN'
    this.state = state
  }
}

/** Says of one item what the client's error means for it. */
export function failureOf(
  action: string,
  cause: unknown,
  isDone: 'no' | 'maybe',
  state?: string,
): SqlError {
  const what = `Cannot ${action}: ${messageOf(cause)}`
  if (isDone === 'no') return new SqlError('JITNEY_SQL_FAILED', what, state, cause)
  const message = `${what} (whether it was done is not known)`
  return new SqlError('JITNEY_SQL_OUTCOME_UNKNOWN', message, state, cause)
}
