import { Batcher } from '../../batcher/batcher.ts'
import type { BatchContext } from '../../batcher/batch-function.ts'
import { BatchError } from '../../batcher/errors.ts'
import type { Outcome } from '../../batcher/outcome.ts'
import { outcome } from '../../batcher/outcome.ts'
import type { CloseOptions } from '../../batcher/processor.ts'
import { checkFunction, type Guard, optional, typed } from '../../platform/guards.ts'
import { refusal } from '../../platform/errors.ts'
import { messageOf } from '../../platform/message-of.ts'
import { type PassedOptions, readOptions } from '../../integration/options.ts'
import { type RequestRetry, type RetrySettings, threeAttempts } from '../../integration/retry.ts'
import { AmqpError } from './amqp-error.ts'
import { Link } from './link.ts'
import type { AmqpConnection, AmqpMessage } from './message.ts'

/**
 * Options of `amqpBatcher`: those of a `Batcher`, but for `concurrency`, `batchKey`, `dedupeKey` and
 * `splitOnError`, and these.
 */
export interface AmqpBatcherOptions extends Omit<
  PassedOptions<AmqpMessage>,
  'batchKey' | 'concurrency' | 'dedupeKey'
> {
  /**
   * How often, the first time included, and after which delays messages are sent for which there was
   * no connection, or, with `idempotent`, no confirm.
   * @default { attempts: 3, minDelay: 100, maxDelay: 30_000 }
   */
  readonly retry?: RequestRetry | undefined
  /**
   * Declares messages safe to publish twice: one whose confirm was lost with the connection is sent
   * again, instead of rejecting its caller.
   * @default false
   */
  readonly idempotent?: boolean | undefined
}

interface Own {
  retry: RetrySettings
  idempotent: boolean
}

const creating = 'create amqpBatcher'

const guards: { readonly [Name in keyof Own]: Guard<Own[Name]> } = {
  retry: threeAttempts,
  idempotent: /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean'), false),
}

/**
 * A batcher that publishes messages over a confirm channel of AMQP 0-9-1: a batch is written at once
 * and its confirms awaited together. A caller's promise resolves when the broker has confirmed the
 * message, which for a persistent one in a durable queue means that it is on the disk.
 *
 * - **Order.** Messages of an exchange leave in the order in which they came, one batch after the
 *   other.
 * - **A message that the broker refuses, or that no queue gets**, rejects its caller alone with an
 *   `AmqpError`.
 * - **A lost connection** is replaced for the next batch. Messages without a confirm reject with
 *   `JITNEY_MESSAGE_UNCONFIRMED`, since they may have been stored; with `idempotent` they are sent
 *   again, and may then be there twice. None that was confirmed is sent again.
 * - **No connection**: nothing was sent, so it is tried again, at most `retry.attempts` times.
 * - **Close.** `close()` sends what is queued, then closes the connection; so does `abort()`.
 *
 * @param connect opens a connection: `() => connect('amqp://localhost')` with amqplib. Called for the
 * first batch, and again after a connection or channel was lost.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { amqpBatcher, type AmqpConnection } from 'jitney/amqp'
 *
 * declare function connect(url: string): Promise<AmqpConnection> // of amqplib
 *
 * const messages = amqpBatcher(() => connect('amqp://localhost'), { maxBatchSize: 500 })
 * await messages.process({
 *   exchange: 'orders',
 *   routingKey: 'new',
 *   content: JSON.stringify({ tea: 1 }),
 *   options: { persistent: true },
 * })
 * await messages.close()
 * ```
 */
export function amqpBatcher(
  connect: () => PromiseLike<AmqpConnection>,
  options?: AmqpBatcherOptions,
): Batcher<AmqpMessage, undefined> {
  checkFunction(creating, 'connect', connect)
  const { own, rest } = readOptions<Own, AmqpMessage>(creating, guards, options, [
    'batchKey',
    'concurrency',
    'dedupeKey',
  ])
  const { retry, idempotent } = own
  let link: Link | undefined

  const afterwards = (error: unknown, attempt: number): Error | Outcome => {
    const isUnconfirmed = error instanceof AmqpError && error.code === 'JITNEY_MESSAGE_UNCONFIRMED'
    if (isUnconfirmed && idempotent && attempt < retry.attempts) return outcome.retry()
    return outcome.error(error)
  }
  const unsent = (error: unknown, attempt: number): Error | Outcome => {
    if (attempt < retry.attempts) return outcome.retry()
    const message = `Cannot publish message: no connection after ${attempt} attempts: ${messageOf(error)}`
    return new BatchError(message, { cause: error })
  }

  const batcher = new Batcher<AmqpMessage, undefined>(
    async (messages, { entries }: BatchContext) => {
      if (link === undefined || link.isLost) {
        void link?.close()
        try {
          link = await Link.open(connect)
        } catch (error) {
          return entries.map(({ attempt }) => unsent(error, attempt))
        }
      }
      const current = link
      // Closed while it was being opened: nobody else would end it.
      if (batcher.state === 'closed') void current.close()
      const published = await Promise.allSettled(
        messages.map((message) => current.publish(message)),
      )
      return published.map((one, index) =>
        one.status === 'fulfilled' ? undefined : afterwards(one.reason, entries[index]!.attempt),
      )
    },
    {
      ...rest,
      weight: [{ of: checkMessage, max: Infinity }, ...[rest.weight ?? []].flat()],
      // An exchange that does not exist closes the channel on all that is under way.
      batchKey: (message) => (message as AmqpMessage | undefined)?.exchange ?? '',
      retry: { ...retry, when: () => false },
    },
  )

  const { close, abort } = batcher
  batcher.close = async (given?: CloseOptions) => {
    await close.call(batcher, given)
    await link?.close()
  }
  batcher.abort = (...given: [reason?: unknown]) => {
    abort.call(batcher, ...given)
    void link?.close()
  }
  return batcher
}

/** Weighs nothing: refuses what is no message before it is queued. */
function checkMessage(message: AmqpMessage): number {
  const { routingKey, content, exchange = '' } = Object(message) as AmqpMessage
  const refuse = (name: string, allowed: string, value: unknown): Error =>
    refusal('publish message', name, allowed, value)
  if (typeof routingKey !== 'string') throw refuse('routingKey', 'a string', routingKey)
  if (typeof exchange !== 'string') throw refuse('exchange', 'a string', exchange)
  if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
    throw refuse('content', 'text or bytes', content)
  }
  return 0
}
