/** What is said of a message beside its content, as amqplib's `publish` takes it. */
export interface AmqpPublishOptions {
  readonly [name: string]: unknown
  /**
   * Whether a message that no queue gets comes back: its caller gets an `AmqpError`.
   * @default true
   */
  readonly mandatory?: boolean | undefined
}

/** One message to publish. */
export interface AmqpMessage {
  /**
   * The exchange; `''` is the one that brings a message to the queue which its key names.
   * @default ''
   */
  readonly exchange?: string | undefined
  /** By what the exchange chooses queues. */
  readonly routingKey: string
  /** The body; a text is sent as UTF-8. */
  readonly content: string | Uint8Array
  /**
   * Properties and headers: `persistent`, `headers`, `messageId`, `expiration` and the like.
   * @default { mandatory: true }
   */
  readonly options?: AmqpPublishOptions | undefined
}

/** A message that no queue got. */
export interface AmqpReturned {
  /** Its body. */
  readonly content: Uint8Array
  /** Where it was sent, and why it came back. */
  readonly fields: {
    readonly exchange: string
    readonly routingKey: string
    readonly replyCode?: number
    readonly replyText?: string
  }
}

/** The part of a confirm channel that is needed: that of amqplib is one. */
export interface AmqpChannel {
  /** Publishes a message; `callback` hears whether the broker has it. */
  publish(
    exchange: string,
    routingKey: string,
    content: never,
    options?: never,
    callback?: (error: unknown) => void,
  ): boolean
  /** Listens to `return`, `error` and `close`. */
  on(event: string, listener: (...values: never[]) => void): unknown
}

/** The part of a connection that is needed: that of amqplib is one. */
export interface AmqpConnection {
  /** Opens a channel on which the broker confirms messages. */
  createConfirmChannel(): PromiseLike<AmqpChannel>
  /** Listens to `error` and `close`. */
  on(event: string, listener: (...values: never[]) => void): unknown
  /** Closes the connection and its channels. */
  close(): PromiseLike<unknown>
}
