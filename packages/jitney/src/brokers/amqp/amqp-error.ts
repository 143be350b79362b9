/** What became of one message that was not confirmed. */
export class AmqpError extends Error {
  static {
    this.prototype.name = 'AmqpError'
  }

  /**
   * `JITNEY_MESSAGE_REFUSED`: the broker did not take it (nack). `JITNEY_MESSAGE_RETURNED`: no queue
   * got it. `JITNEY_MESSAGE_UNCONFIRMED`: the channel closed before an answer, it may be stored.
   */
  readonly code: 'JITNEY_MESSAGE_REFUSED' | 'JITNEY_MESSAGE_RETURNED' | 'JITNEY_MESSAGE_UNCONFIRMED'
  /** What the broker said of a message that it returned: 312 is NO_ROUTE. */
  readonly replyCode: number | undefined

  constructor(
    code: AmqpError['code'],
    message: string,
    details: { readonly cause?: unknown; readonly replyCode?: number | undefined } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.replyCode = details.replyCode
  }
}
