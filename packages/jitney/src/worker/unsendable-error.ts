import { messageOf } from '../platform/message-of.ts'

/** An item that cannot be sent to a worker; the others of its batch can. */
export class UnsendableError extends TypeError {
  static {
    UnsendableError.prototype.name = 'UnsendableError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_ITEM_NOT_SENDABLE'
}

/** @param to what cannot take it, and what it would need to be. */
export function unsendable(to: string, cause: unknown): UnsendableError {
  return new UnsendableError(`Cannot send item to ${to}: ${messageOf(cause)}`, { cause })
}
