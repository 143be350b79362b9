import { bytesOf } from '../http/json.ts'
import { refusal } from '../platform/errors.ts'

/** How many bytes a text or some bytes are, as the services count them. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return bytesOf(value)
  const { byteLength } = Object(value) as { byteLength?: unknown }
  return typeof byteLength === 'number' ? byteLength : 0
}

/** What an SQS or SNS message attribute is. */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, with a label of yours after a dot if you like. */
  readonly DataType: string
  /**
   * The value of a `String` or `Number`.
   * @default none
   */
  readonly StringValue?: string | undefined
  /**
   * The value of a `Binary`.
   * @default none
   */
  readonly BinaryValue?: Uint8Array | undefined
}

/** Attributes of a message, by name. */
export type MessageAttributes = Record<string, MessageAttribute>

/** Names, types and values count. */
export function sizeOfAttributes(attributes: MessageAttributes | undefined): number {
  return Object.entries(attributes ?? {}).reduce(
    (bytes, [name, { DataType, StringValue, BinaryValue }]) =>
      bytes + sizeOf(name) + sizeOf(DataType) + sizeOf(StringValue) + sizeOf(BinaryValue),
    0,
  )
}

/** How many bytes, of something that has to be bytes. */
export function checkBytes(action: string, name: string, value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength
  throw refusal(action, name, 'a Uint8Array', value)
}
