import type { Batcher } from '../../batcher/constructor.ts'
import { readOptions } from '../../integration/options.ts'
import { refusal } from '../../platform/errors.ts'
import type { Guard } from '../../platform/guards.ts'
import type { AwsClient } from '../client.ts'
import { awsLimits } from '../limits.ts'
import { awsGuards, type AwsOptions, type AwsSettings } from '../options.ts'
import type { Answer, Service } from '../service.ts'
import { serviceBatcher } from '../service-batcher.ts'
import { type Attributes, itemBytes, keyText } from './attributes.ts'

/** What is stored: the input of a `PutItem`. */
export interface DynamoDbPut {
  /** The table. */
  readonly TableName: string
  /** All attributes, the key among them; replaces what was there. */
  readonly Item: Attributes
}

/** What is deleted: the input of a `DeleteItem`. */
export interface DynamoDbDelete {
  /** The table. */
  readonly TableName: string
  /** The key attributes of what is deleted. */
  readonly Key: Attributes
}

/** One write: what is stored, or the key of what is deleted. */
export type DynamoDbWrite = DynamoDbPut | DynamoDbDelete

interface WriteRequest {
  // oxlint-disable-next-line typescript/no-explicit-any -- attribute values of either client
  PutRequest?: { Item: Record<string, any> }
  // oxlint-disable-next-line typescript/no-explicit-any -- attribute values of either client
  DeleteRequest?: { Key: Record<string, any> }
}

/** The input of a `BatchWriteItem`. */
export interface BatchWriteInput {
  /** What is stored in and deleted from each table, by its name. */
  RequestItems: Record<string, WriteRequest[]>
}

/** Options of `dynamoDbWriteBatcher`. */
export interface DynamoDbWriteOptions extends Omit<
  AwsOptions<DynamoDbWrite, BatchWriteInput>,
  'dedupeKey'
> {
  /** The names of the key attributes of each table: `{ orders: ['customer', 'time'] }`. */
  readonly keys: Readonly<Record<string, readonly string[]>>
}

interface WriteSettings extends AwsSettings {
  keys: Readonly<Record<string, readonly string[]>>
}

const creating = 'create dynamoDbWriteBatcher'
const action = 'write item'

const guards: { readonly [Name in keyof WriteSettings]: Guard<WriteSettings[Name]> } = {
  ...awsGuards,
  keys: (during, name, value) => {
    const lists =
      {}.toString.call(value) === '[object Object]' ? Object.values(value as object) : []
    if (lists.length > 0 && lists.every(isNames)) return value as WriteSettings['keys']
    throw refusal(during, name, 'an object with the names of the key attributes by table', value)
  },
}

/**
 * Puts and deletes in DynamoDB, 25 in one `BatchWriteItem`, of several tables. An item is the input of
 * a `PutItem` or `DeleteItem`; it resolves once the service has done it.
 *
 * - **Writes of one key** go in successive requests, in the order in which they came, also while one of
 *   them waits for another attempt: the last one is what stays.
 * - **`UnprocessedItems`** alone are sent again, with backoff, and are never taken for success: after
 *   the last attempt they reject with an `AwsError`, `JITNEY_AWS_NOT_DONE`.
 * - **Limits.** Requests are cut at 25 items and 16 MB; an item of more than 400 KB is refused with a
 *   RangeError before it is sent. Sizes of numbers are an estimate, never too high.
 * - **An item that spoils the request** is isolated: `JITNEY_AWS_REFUSED`. Throttling, 5xx and lost
 *   connections are never split, but tried again: a put or delete may be done twice.
 *
 * @param client one with `send` and the option `command` (`BatchWriteItemCommand`, or
 * `BatchWriteCommand` of the document client), or with a method `batchWriteItem`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { dynamoDbWriteBatcher } from 'jitney/aws'
 *
 * // new DynamoDB({}), or new DynamoDBClient({}) and { command: BatchWriteItemCommand }
 * let requests = 0
 * const client = {
 *   batchWriteItem: async () => {
 *     requests += 1
 *     return { UnprocessedItems: {} }
 *   },
 * }
 * const writes = dynamoDbWriteBatcher(client, { keys: { cats: ['id'] } })
 * await writes.processAll([
 *   { TableName: 'cats', Item: { id: { S: 'a' }, age: { N: '3' } } },
 *   { TableName: 'cats', Item: { id: { S: 'b' }, age: { N: '5' } } },
 *   { TableName: 'cats', Key: { id: { S: 'a' } } }, // of the same key, so in a second request
 * ])
 * requests // => 2
 * ```
 */
export function dynamoDbWriteBatcher(
  client: AwsClient<'batchWriteItem', BatchWriteInput>,
  options: DynamoDbWriteOptions,
): Batcher<DynamoDbWrite, undefined> {
  const { own, rest } = readOptions<WriteSettings, DynamoDbWrite>(creating, guards, options, [
    'dedupeKey',
  ])
  const service = writesOf(own.keys)
  return serviceBatcher(creating, service, awsLimits.dynamoDbWrite, client, own, rest)
}

function writesOf(keys: WriteSettings['keys']): Service<DynamoDbWrite, BatchWriteInput, undefined> {
  const textOf = (table: string, attributes: Attributes): string =>
    `${JSON.stringify(table)}${keyText(attributes, keys[table] ?? Object.keys(attributes))}`
  const textOfWrite = (write: DynamoDbWrite): string => textOf(write.TableName, attributesOf(write))
  return {
    action,
    method: 'batchWriteItem',
    isIdempotent: true,
    sizeOf: (write) => {
      const { TableName } = write
      const attributes: unknown = attributesOf(write)
      if (typeof TableName !== 'string') throw refusal(action, 'TableName', 'a string', TableName)
      const names = Object.hasOwn(keys, TableName) ? keys[TableName]! : undefined
      if (names === undefined) {
        const known = Object.keys(keys).join(', ')
        throw refusal(action, 'TableName', `a table of 'keys' (${known})`, TableName)
      }
      if (typeof attributes !== 'object' || attributes === null) {
        throw refusal(action, 'item', "an object with 'Item' or 'Key'", write)
      }
      const lacking = names.find((name) => (attributes as Attributes)[name] === undefined)
      if (lacking !== undefined) {
        throw refusal(action, `${'Item' in write ? 'Item' : 'Key'}.${lacking}`, 'given', undefined)
      }
      return itemBytes(attributes as Attributes)
    },
    targetOf: ({ TableName }) => TableName,
    orderOf: textOfWrite,
    inputOf: (writes) => {
      const RequestItems: BatchWriteInput['RequestItems'] = {}
      for (const write of writes) (RequestItems[write.TableName] ??= []).push(requestOf(write))
      return { RequestItems }
    },
    answersOf: (output, writes) => {
      const { UnprocessedItems } = output as { UnprocessedItems?: BatchWriteInput['RequestItems'] }
      const asked = new Set(writes.map(textOfWrite))
      const undone = new Set<string>()
      const strange = new Set<string>()
      for (const [table, requests] of Object.entries(UnprocessedItems ?? {})) {
        for (const { PutRequest, DeleteRequest } of requests) {
          const text = textOf(table, PutRequest?.Item ?? DeleteRequest?.Key ?? {})
          if (asked.has(text)) undone.add(text)
          // What is not done nobody knows then.
          else strange.add(table)
        }
      }
      return writes.map((write): Answer<undefined> => {
        const isUndone = undone.has(textOfWrite(write)) || strange.has(write.TableName)
        if (isUndone) return { kind: 'again', awsCode: 'UnprocessedItems' }
        return { kind: 'done', value: undefined }
      })
    },
  }
}

function attributesOf(write: DynamoDbWrite): Attributes {
  return 'Item' in write ? write.Item : write.Key
}

function requestOf(write: DynamoDbWrite): WriteRequest {
  return 'Item' in write
    ? { PutRequest: { Item: write.Item } }
    : { DeleteRequest: { Key: write.Key } }
}

function isNames(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && name !== '')
  )
}
