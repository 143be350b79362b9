const codes = [
  'JITNEY_REMOTE_DEADLINE',
  'JITNEY_REMOTE_GIVEN_UP',
  'JITNEY_REMOTE_PURGED',
  'JITNEY_REMOTE_VERSION',
] as const

/** What became of an item that has neither a result nor an error of its own. */
export type RemoteErrorCode = (typeof codes)[number]

/**
 * An item was not done: its time had passed (`JITNEY_REMOTE_DEADLINE`), it was given up after too many
 * attempts and is a dead letter now (`JITNEY_REMOTE_GIVEN_UP`), somebody deleted it
 * (`JITNEY_REMOTE_PURGED`), or it was written by a version that this one cannot read
 * (`JITNEY_REMOTE_VERSION`).
 */
export class RemoteError extends Error {
  static {
    this.prototype.name = 'RemoteError'
  }

  /** Which of the four it was. */
  readonly code: RemoteErrorCode

  constructor(code: RemoteErrorCode, message: string, { cause }: { cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/**
 * Nobody can tell whether the item was done, or ever will be: the queue could not be reached for so
 * long that it may have forgotten the item's id, or the reply. Submitting it again may do it twice.
 */
export class OutcomeUnknownError extends Error {
  static {
    this.prototype.name = 'OutcomeUnknownError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_OUTCOME_UNKNOWN'
}

/** `abort()`, or a `close()` past its timeout, settled this caller. `cause` is the reason. */
export class RemoteAbortedError extends Error {
  static {
    this.prototype.name = 'RemoteAbortedError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_REMOTE_ABORTED'
  /**
   * Whether the queue has the item: it will be done, or was. If not, it may have it all the same,
   * unless nothing was sent.
   */
  readonly accepted: boolean

  constructor(message: string, accepted: boolean, cause: unknown) {
    super(message, { cause })
    this.accepted = accepted
  }
}

export function isRemoteErrorCode(code: unknown): code is RemoteErrorCode {
  return codes.includes(code as RemoteErrorCode)
}
