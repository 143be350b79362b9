import { messageOf } from '../../platform/message-of.ts'
import { AmqpError } from './amqp-error.ts'
import type { AmqpChannel, AmqpConnection, AmqpMessage, AmqpReturned } from './message.ts'

/** A message that the broker has not answered yet. */
interface Unanswered {
  readonly exchange: string
  readonly routingKey: string
  readonly content: Uint8Array
  returned?: AmqpReturned
}

/** One confirm channel and its connection, until either closes. */
export class Link {
  readonly #connection: AmqpConnection
  readonly #channel: AmqpChannel
  /** In the order in which they were published, in which they are also returned. */
  readonly #unanswered = new Set<Unanswered>()
  #lost: { readonly reason: unknown } | undefined

  private constructor(connection: AmqpConnection, channel: AmqpChannel) {
    this.#connection = connection
    this.#channel = channel
  }

  static async open(connect: () => PromiseLike<AmqpConnection>): Promise<Link> {
    const connection = await connect()
    let lost: unknown
    const hear = (reason: unknown): void => {
      lost ??= reason
    }
    // Without a listener an error ends the process.
    connection.on('error', hear)
    let channel: AmqpChannel
    try {
      channel = await connection.createConfirmChannel()
    } catch (error) {
      await closed(connection)
      throw error
    }
    const link = new Link(connection, channel)
    channel.on('error', hear)
    channel.on('return', (message: AmqpReturned) => {
      link.#take(message)
    })
    for (const source of [connection, channel]) {
      source.on('close', () => {
        link.#lost ??= { reason: lost ?? new Error('the channel closed') }
      })
    }
    return link
  }

  /** Whether nothing can be published any more. */
  get isLost(): boolean {
    return this.#lost !== undefined
  }

  /** Resolves when the broker has confirmed the message; rejects with an `AmqpError`. */
  publish({ exchange = '', routingKey, content, options }: AmqpMessage): Promise<void> {
    const bytes = Buffer.from(content as string)
    return new Promise((resolve, reject) => {
      const unanswered: Unanswered = { exchange, routingKey, content: bytes }
      const answer = (error: unknown): void => {
        this.#unanswered.delete(unanswered)
        const { returned } = unanswered
        if (returned !== undefined) reject(notRouted(returned))
        else if (error === null || error === undefined) resolve()
        // Whether the channel has closed is known when all have heard of it.
        else queueMicrotask(() => reject(this.#failure(error)))
      }
      this.#unanswered.add(unanswered)
      const given = { mandatory: true, ...options }
      try {
        this.#channel.publish(exchange, routingKey, bytes as never, given as never, answer)
      } catch (error) {
        this.#unanswered.delete(unanswered)
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what the client threw
        reject(error)
      }
    })
  }

  /** Closes the connection, if it is there. */
  async close(): Promise<void> {
    this.#lost ??= { reason: new Error('the batcher was closed') }
    await closed(this.#connection)
  }

  /** A returned message is confirmed afterwards. Equal ones have the same way, so any of them will do. */
  #take(returned: AmqpReturned): void {
    const { exchange, routingKey } = returned.fields
    for (const each of this.#unanswered) {
      const isSame =
        each.returned === undefined &&
        each.exchange === exchange &&
        each.routingKey === routingKey &&
        Buffer.compare(each.content, returned.content) === 0
      if (isSame) {
        each.returned = returned
        return
      }
    }
  }

  #failure(error: unknown): AmqpError {
    if (this.#lost === undefined) {
      const message = 'Cannot publish message: the broker refused it'
      return new AmqpError('JITNEY_MESSAGE_REFUSED', message, { cause: error })
    }
    const { reason } = this.#lost
    const why = messageOf(reason)
    // The exchange of the whole batch does not exist, or may not be written to: nothing was stored.
    if ([403, 404].includes((reason as { code?: number } | undefined)?.code ?? 0)) {
      const message = `Cannot publish message: ${why}`
      return new AmqpError('JITNEY_MESSAGE_REFUSED', message, { cause: reason })
    }
    const message = `Cannot tell whether the message was published: ${why}`
    return new AmqpError('JITNEY_MESSAGE_UNCONFIRMED', message, { cause: reason })
  }
}

function notRouted({ fields }: AmqpReturned): AmqpError {
  const { exchange, routingKey, replyCode, replyText } = fields
  const place = `exchange ${JSON.stringify(exchange)}, key ${JSON.stringify(routingKey)}`
  const message = `Cannot publish message: no queue gets it (${place}, ${replyText ?? ''})`
  return new AmqpError('JITNEY_MESSAGE_RETURNED', message, { replyCode })
}

async function closed(connection: AmqpConnection): Promise<void> {
  try {
    await connection.close()
  } catch {
    // It is closed already.
  }
}
