import { Batcher } from '../../batcher/batcher.ts'
import { refusal } from '../../platform/errors.ts'
import { aboveZero, type Guard, guard, has, optional } from '../../platform/guards.ts'
import { type PassedOptions, readOptions } from '../../integration/options.ts'
import { receiptsOf, sizeOf } from './message.ts'
import type { KafkaMessage, KafkaProducer, KafkaReceipt } from './producer.ts'

/**
 * Options of `kafkaBatcher`: those of a `Batcher`, but for `concurrency`, `batchKey`, `dedupeKey`,
 * `retry` and `splitOnError`, and these.
 */
export interface KafkaBatcherOptions extends Omit<
  PassedOptions<KafkaMessage>,
  'batchKey' | 'concurrency' | 'dedupeKey'
> {
  /**
   * How many brokers must have a message before it is stored: 0 (nobody is asked), 1 (the leader) or
   * -1 (all in sync).
   * @default the producer's own, -1 in kafkajs
   */
  readonly acks?: 0 | 1 | -1 | undefined
  /**
   * Most bytes of one message: above 0. One that is larger is refused with a RangeError, alone.
   * @default 1_000_000, a little less than brokers take by default
   */
  readonly maxMessageSize?: number | undefined
  /**
   * Most bytes of the messages of one request, above 0.
   * @default 1_000_000
   */
  readonly maxRequestSize?: number | undefined
}

interface Own {
  acks: 0 | 1 | -1 | undefined
  maxMessageSize: number
  maxRequestSize: number
}

const creating = 'create kafkaBatcher'
const brokersTake = 1_000_000

const guards: { readonly [Name in keyof Own]: Guard<Own[Name]> } = {
  acks: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<0 | 1 | -1>(
      '0, 1 or -1',
      (value) => [0, 1, -1].includes(value as number),
      'number',
    ),
  ),
  maxMessageSize: /* @__PURE__ */ optional(aboveZero, brokersTake),
  maxRequestSize: /* @__PURE__ */ optional(aboveZero, brokersTake),
}

/**
 * A batcher that sends messages of a topic in one request of a Kafka producer.
 *
 * - **Order.** Messages leave in the order in which they came, one request after the other: those of
 *   a topic and key keep theirs.
 * - **Topics** have requests of their own, so that one which does not exist fails alone.
 * - **A message that is none**, or is too large, is refused alone, before anything is sent.
 * - **A partition that the topic has not** rejects with `JITNEY_MESSAGE_UNCONFIRMED`: the producer told
 *   nothing of it.
 * - **Failure.** The producer has its own retries. What it gives up rejects each caller with a
 *   `BatchError` of its own with the producer's error as `cause`; whether the message was stored is
 *   not known then, as some partitions may have theirs. Nothing is sent again.
 *
 * @param producer one of kafkajs, connected, or another with its `send`. The batcher neither connects
 * nor disconnects it.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { kafkaBatcher, type KafkaProducer } from 'jitney/kafka'
 *
 * // In place of `new Kafka({ brokers }).producer()`: one partition, which begins at 7.
 * const producer: KafkaProducer = {
 *   send: async ({ topic }) => [{ topicName: topic, partition: 0, baseOffset: '7' }],
 * }
 * const messages = kafkaBatcher(producer)
 * const receipts = await messages.processAll([
 *   { topic: 'clicks', key: 'ada', value: 'tea' },
 *   { topic: 'clicks', key: 'ada', value: null },
 * ])
 * receipts[1] // => { topic: 'clicks', partition: 0, offset: 8n }
 * ```
 */
export function kafkaBatcher(
  producer: KafkaProducer,
  options?: KafkaBatcherOptions,
): Batcher<KafkaMessage, KafkaReceipt> {
  checkProducer(creating, 'producer', producer)
  const { own, rest } = readOptions<Own, KafkaMessage>(creating, guards, options, [
    'batchKey',
    'concurrency',
    'dedupeKey',
  ])
  const { acks, maxMessageSize, maxRequestSize } = own
  const most = Math.min(maxMessageSize, maxRequestSize)
  return new Batcher<KafkaMessage, KafkaReceipt>(
    async (messages) => {
      const topic = messages[0]!.topic
      const record = { topic, messages: messages.map(recordOf) as never[] }
      const told = await producer.send(acks === undefined ? record : { ...record, acks })
      return receiptsOf(messages, told, acks)
    },
    {
      ...rest,
      // First, so that what is no message is refused as such.
      weight: [
        { of: (message) => checkedSize(message, most), max: maxRequestSize },
        ...[rest.weight ?? []].flat(),
      ],
      // What is no message at all is refused by its weight.
      batchKey: (message) => (message as KafkaMessage | undefined)?.topic,
    },
  )
}

const checkProducer = /* @__PURE__ */ guard<KafkaProducer>(
  'a producer, which has send()',
  (value) => has(value, 'send'),
)

function checkedSize(message: KafkaMessage, most: number): number {
  const size = sizeOf(message)
  if (size <= most) return size
  throw refusal('send message', 'message', `at most ${most} bytes`, size, 'JITNEY_OUT_OF_RANGE')
}

/** As producers want it: without the topic and what was not said. */
function recordOf({ key, value, headers, partition, timestamp }: KafkaMessage): object {
  return {
    value,
    ...(key === undefined ? {} : { key }),
    ...(headers === undefined ? {} : { headers }),
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp }),
  }
}
