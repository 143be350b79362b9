import type { Batcher } from '../batcher/constructor.ts'
import { refusal } from '../platform/errors.ts'
import { type MessageAttributes, sizeOf, sizeOfAttributes } from './bytes.ts'
import type { AwsClient } from './client.ts'
import { answersById, withIds, withoutId } from './entries.ts'
import { groupOf } from './fifo.ts'
import { awsLimits } from './limits.ts'
import { type AwsOptions, nonEmpty } from './options.ts'
import { type Operation, targetBatcher } from './target-batcher.ts'

/** What is published: an entry of `PublishBatch` without its `Id`. */
export interface SnsMessage {
  /** The text. */
  readonly Message: string
  /**
   * The subject of emails.
   * @default none
   */
  readonly Subject?: string | undefined
  /**
   * `'json'` where the text is one of each protocol.
   * @default none
   */
  readonly MessageStructure?: string | undefined
  /**
   * Attributes, by name.
   * @default none
   */
  readonly MessageAttributes?: MessageAttributes | undefined
  /**
   * Of FIFO topics: equal ones within five minutes are one message.
   * @default none
   */
  readonly MessageDeduplicationId?: string | undefined
  /**
   * Of FIFO topics: messages of one group keep their order.
   * @default none
   */
  readonly MessageGroupId?: string | undefined
}

/** What the topic says of a message. */
export interface SnsPublished {
  /** The id that the service gave it. */
  readonly MessageId: string
  /** Of FIFO topics. */
  readonly SequenceNumber?: string
}

/** The input of a `PublishBatch`. */
export interface PublishBatchInput {
  /** The topic. */
  TopicArn: string
  /** The messages, each with an id that the answer names it by. */
  PublishBatchRequestEntries: (SnsMessage & { Id: string })[]
}

interface Topic {
  topicArn: string
}

/** Options of `snsBatcher`. */
export interface SnsOptions extends AwsOptions<SnsMessage, PublishBatchInput> {
  /** The topic. */
  readonly topicArn: string
}

const action = 'publish message'

const publishes: Operation<Topic, SnsMessage, PublishBatchInput, SnsPublished> = {
  limits: awsLimits.sns,
  target: { topicArn: nonEmpty },
  serviceOf: ({ topicArn }) => ({
    action,
    method: 'publishBatch',
    isIdempotent: false,
    sizeOf: ({ Message, MessageAttributes }) => {
      if (typeof Message !== 'string') throw refusal(action, 'Message', 'a string', Message)
      return sizeOf(Message) + sizeOfAttributes(MessageAttributes)
    },
    inputOf: (items) => ({ TopicArn: topicArn, PublishBatchRequestEntries: withIds(items) }),
    answersOf: (output, { length }) =>
      answersById(output, length, (entry: SnsPublished) => withoutId(entry) as SnsPublished),
    ...groupOf(topicArn),
  }),
}

/**
 * Messages for a topic of SNS, ten in one `PublishBatch` and at most 256 KiB. What holds for
 * `sqsSendBatcher` holds here, FIFO topics included.
 *
 * @param client one with `send` and the option `command` (`PublishBatchCommand`), or with a method
 * `publishBatch`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { snsBatcher, type SnsMessage } from 'jitney/aws'
 *
 * type Input = { PublishBatchRequestEntries: (SnsMessage & { Id: string })[] }
 * const client = {
 *   publishBatch: async ({ PublishBatchRequestEntries: entries }: Input) => ({
 *     Successful: entries.map(({ Id, Message }) => ({ Id, MessageId: `m-${Message}` })),
 *   }),
 * }
 * const messages = snsBatcher(client, { topicArn: 'arn:aws:sns:eu-west-1:1:topic' })
 * await messages.process({ Message: 'tea' }) // => { MessageId: 'm-tea' }
 * ```
 */
export function snsBatcher(
  client: AwsClient<'publishBatch', PublishBatchInput>,
  options: SnsOptions,
): Batcher<SnsMessage, SnsPublished> {
  return targetBatcher('snsBatcher', publishes, client, options)
}
