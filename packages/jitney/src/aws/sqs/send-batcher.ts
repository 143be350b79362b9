import type { Batcher } from '../../batcher/constructor.ts'
import { refusal } from '../../platform/errors.ts'
import { type MessageAttributes, sizeOf, sizeOfAttributes } from '../bytes.ts'
import type { AwsClient } from '../client.ts'
import { withoutId } from '../entries.ts'
import { groupOf } from '../fifo.ts'
import { awsLimits } from '../limits.ts'
import { type Operation, targetBatcher } from '../target-batcher.ts'
import { type Queue, queueGuards, queueService, type SqsInput, type SqsOptions } from './queue.ts'

/** What is sent: an entry of `SendMessageBatch` without its `Id`. */
export interface SqsMessage {
  /** The text. */
  readonly MessageBody: string
  /**
   * Seconds before it can be received.
   * @default what the queue says
   */
  readonly DelaySeconds?: number | undefined
  /**
   * Attributes, by name.
   * @default none
   */
  readonly MessageAttributes?: MessageAttributes | undefined
  /**
   * Of FIFO queues: equal ones within five minutes are one message.
   * @default none
   */
  readonly MessageDeduplicationId?: string | undefined
  /**
   * Of FIFO queues: messages of one group keep their order.
   * @default none
   */
  readonly MessageGroupId?: string | undefined
}

/** What the queue says of a message. */
export interface SqsSent {
  /** The id that the service gave it. */
  readonly MessageId: string
  /** What the service received, as a digest in hexadecimal digits. */
  readonly MD5OfMessageBody: string
  /** Of FIFO queues. */
  readonly SequenceNumber?: string
}

const action = 'send message'

const sends: Operation<Queue, SqsMessage, SqsInput<SqsMessage>, SqsSent> = {
  limits: awsLimits.sqsSend,
  target: queueGuards,
  serviceOf: (queue) =>
    queueService<SqsMessage, SqsMessage, SqsSent>(
      queue,
      {
        action,
        method: 'sendMessageBatch',
        isIdempotent: false,
        sizeOf: ({ MessageBody, MessageAttributes }) => {
          if (typeof MessageBody !== 'string') {
            throw refusal(action, 'MessageBody', 'a string', MessageBody)
          }
          return sizeOf(MessageBody) + sizeOfAttributes(MessageAttributes)
        },
        ...groupOf(queue.queueUrl),
      },
      (message) => message,
      (entry: SqsSent) => withoutId(entry) as SqsSent,
    ),
}

/**
 * Messages for a queue of SQS, ten in one `SendMessageBatch` and at most 1 MiB.
 *
 * - **FIFO queues** (whose address ends with `.fifo`): messages of one `MessageGroupId` are accepted
 *   in the order of the calls. Those behind one that waits for another attempt wait too. If the queue
 *   has refused one for now and taken a later one of its group in the same request, it is not sent
 *   again, and its caller gets an `AwsError`, `JITNEY_AWS_OVERTAKEN`.
 * - **`Failed` entries** that are the sender's fault reject, `JITNEY_AWS_REFUSED`; the others are sent
 *   again, alone, with backoff, and reject after the last attempt, `JITNEY_AWS_NOT_DONE`.
 * - **No answer**, or none for the message: `JITNEY_AWS_UNKNOWN`. With `idempotent` it is sent again.
 *   (The official clients send again by themselves when a connection is lost, unless `maxAttempts` is
 *   1.)
 *
 * @param client one with `send` and the option `command` (`SendMessageBatchCommand`), or with a method
 * `sendMessageBatch`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { type SqsMessage, sqsSendBatcher } from 'jitney/aws'
 *
 * // new SQS({}), or new SQSClient({}) and { command: SendMessageBatchCommand }
 * const client = {
 *   sendMessageBatch: async ({ Entries }: { Entries: (SqsMessage & { Id: string })[] }) => ({
 *     Successful: Entries.map(({ Id, MessageBody }) => ({ Id, MessageId: `m-${MessageBody}` })),
 *   }),
 * }
 * const messages = sqsSendBatcher(client, { queueUrl: 'https://sqs.example/1/queue' })
 * const { MessageId } = await messages.process({ MessageBody: 'tea' })
 * MessageId // => 'm-tea'
 * ```
 */
export function sqsSendBatcher(
  client: AwsClient<'sendMessageBatch', SqsInput<SqsMessage>>,
  options: SqsOptions<SqsMessage>,
): Batcher<SqsMessage, SqsSent> {
  return targetBatcher('sqsSendBatcher', sends, client, options)
}
