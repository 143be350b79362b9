/** What becomes of the items of a statement that failed. */
export interface Verdict {
  /**
   * `'retry'`: the same again, later. `'split'`: one of the rows is to blame, and halves will tell
   * which. `'fail'`: neither would help.
   */
  readonly action: 'retry' | 'split' | 'fail'
  /** Whether the database may have done the statement all the same. */
  readonly isDone: 'no' | 'maybe'
  /** The database's name for the failure. */
  readonly state?: string | undefined
}

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/**
 * Of an error that did not come from the database. A connection that could not be made has carried
 * no statement; one that was lost may have.
 *
 * @param isUnsent tells the client's own errors from before a statement is sent.
 */
export function verdictOnClient(
  error: unknown,
  isUnsent: (error: ClientError) => boolean,
): Verdict {
  const fields = Object(error) as ClientError
  // Several addresses were tried: each says why it was not reached.
  const tried = Array.isArray(fields.errors) ? fields.errors : [fields]
  const wasNotReached = tried.every((one) => {
    const { code, syscall } = Object(one) as ClientError
    return neverSent.has(String(code)) || (syscall === 'connect' && code !== undefined)
  })
  return wasNotReached || isUnsent(fields)
    ? { action: 'retry', isDone: 'no' }
    : { action: 'retry', isDone: 'maybe' }
}

/** What clients put on their errors, if anything. */
export interface ClientError {
  readonly message?: unknown
  readonly code?: unknown
  readonly errno?: unknown
  readonly syscall?: unknown
  readonly sqlState?: unknown
  readonly errors?: readonly unknown[]
}
