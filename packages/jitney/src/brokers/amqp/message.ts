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
  readonly routingKey: string
  readonly content: string | Uint8Array
  /**
   * Properties and headers: `persistent`, `headers`, `messageId`, `expiration` and the like.
   * @default { mandatory: true }
   */
  readonly options?: AmqpPublishOptions | undefined
}

/** A message that no queue got. */
export interface AmqpReturned {
  readonly content: Uint8Array
  readonly fields: {
    readonly exchange: string
    readonly routingKey: string
    readonly replyCode?: number
    readonly replyText?: string
  }
}

/** The part of a confirm channel that is needed: that of amqplib is one. */
export interface AmqpChannel {
  publish(
    exchange: string,
    routingKey: string,
    content: never,
    options?: never,
    callback?: (error: unknown) => void,
  ): boolean
  on(event: string, listener: (...values: never[]) => void): unknown
}

/** The part of a connection that is needed: that of amqplib is one. */
export interface AmqpConnection {
  createConfirmChannel(): PromiseLike<AmqpChannel>
  on(event: string, listener: (...values: never[]) => void): unknown
  close(): PromiseLike<unknown>
}
