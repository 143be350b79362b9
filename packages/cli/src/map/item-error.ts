/** What `ItemError` tells beside its code and message. */
interface ItemErrorDetails extends ErrorOptions {
  /** The status that an HTTP server answered with. */
  readonly status?: number
  /** Milliseconds that a server asked to wait. */
  readonly retryAfter?: number | undefined
  /** Whether another attempt may succeed. */
  readonly isRetryable?: boolean
}

/** One item could not be done. It becomes the item's line of output. */
export class ItemError extends Error {
  static {
    ItemError.prototype.name = 'ItemError'
  }

  readonly code: string
  readonly status: number | undefined
  readonly retryAfter: number | undefined
  readonly isRetryable: boolean

  constructor(code: string, message: string, details: ItemErrorDetails = {}) {
    super(message, details)
    this.code = code
    this.status = details.status
    this.retryAfter = details.retryAfter
    this.isRetryable = details.isRetryable ?? false
  }
}
