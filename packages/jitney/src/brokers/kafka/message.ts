import { refusal } from '../../platform/errors.ts'
import { bytesOf } from '../../http/json.ts'
import type { KafkaMessage, KafkaReceipt, KafkaRecordMetadata } from './producer.ts'

// Lengths, deltas, attributes and headers of a record are varints: no more than this together.
const recordOverhead = 40
const headerOverhead = 10

/** Bytes of a message in a request, or a few more. Throws what says why it is none. */
export function sizeOf(message: KafkaMessage): number {
  const { topic, key = null, value, headers = {} } = Object(message) as KafkaMessage
  if (typeof topic !== 'string' || topic === '') throw refuse('topic', 'a name', topic)
  let size = recordOverhead + lengthOf('value', value) + lengthOf('key', key)
  for (const [name, given] of Object.entries(headers)) {
    for (const each of [given ?? null].flat() as (string | Uint8Array | null)[]) {
      size += headerOverhead + bytesOf(name) + lengthOf(`headers.${name}`, each)
    }
  }
  return size
}

function lengthOf(name: string, value: unknown): number {
  if (value === null) return 0
  if (typeof value === 'string') return bytesOf(value)
  if (value instanceof Uint8Array) return value.length
  throw refuse(name, 'text, bytes or null', value)
}

function refuse(name: string, allowed: string, value: unknown): Error {
  return refusal('send message', name, allowed, value)
}

/**
 * Where each message is, as far as what the producer tells of partitions says so.
 *
 * kafkajs drops messages for a partition that the topic has not, and says nothing of them.
 */
export function receiptsOf(
  messages: readonly KafkaMessage[],
  told: readonly KafkaRecordMetadata[],
  acks: number | undefined,
): (KafkaReceipt | Error)[] {
  const bases = new Map(told.map(({ partition, baseOffset }) => [partition, baseOffset]))
  const only = bases.size === 1 ? told[0]?.partition : undefined
  // Some with a partition and some without: the others may be among them.
  const isCertain = only !== undefined || messages.every(({ partition }) => partition !== undefined)
  const counts = new Map<number, bigint>()
  return messages.map(({ topic, partition = only }) => {
    const isTold = partition === undefined ? bases.size > 0 : bases.has(partition)
    if (acks !== 0 && !isTold) return notTold(topic, partition)
    if (partition === undefined) return { topic, partition, offset: undefined }
    const place = counts.get(partition) ?? 0n
    counts.set(partition, place + 1n)
    const base = bases.get(partition)
    const isKnown = isCertain && base !== undefined && base !== '-1'
    return { topic, partition, offset: isKnown ? BigInt(base) + place : undefined }
  })
}

function notTold(topic: string, partition: number | undefined): Error {
  const place = partition === undefined ? topic : `${topic}, partition ${partition}`
  const message = `Cannot send message: the producer tells nothing of ${place}`
  return Object.assign(new Error(message), { code: 'JITNEY_MESSAGE_UNCONFIRMED' })
}
