import type { Batcher } from '../../batcher/constructor.ts'
import { readOptions } from '../../integration/options.ts'
import { refusal } from '../../platform/errors.ts'
import type { AwsClient } from '../client.ts'
import { awsLimits } from '../limits.ts'
import { awsGuards, type AwsOptions, type AwsSettings } from '../options.ts'
import type { Answer, Service } from '../service.ts'
import { serviceBatcher } from '../service-batcher.ts'
import { type Attributes, keyText } from './attributes.ts'
import { type ReadSettings, settingsText, withKey, without } from './projection.ts'

/** What is read: the input of a `GetItem`. */
export interface DynamoDbGet extends ReadSettings {
  /** The table. */
  readonly TableName: string
  /** The key attributes of what is read. */
  readonly Key: Attributes
}

/** The input of a `BatchGetItem`. */
export interface BatchGetInput {
  /** What is read of each table, by its name. */
  RequestItems: Record<
    string,
    {
      // oxlint-disable-next-line typescript/no-explicit-any -- attribute values of either client
      Keys: Record<string, any>[]
      ConsistentRead?: boolean
      ProjectionExpression?: string
      ExpressionAttributeNames?: Record<string, string>
    }
  >
}

/** Options of `dynamoDbGetBatcher`. */
export type DynamoDbGetOptions = Omit<AwsOptions<DynamoDbGet, BatchGetInput>, 'dedupeKey'>

const creating = 'create dynamoDbGetBatcher'
const action = 'get item'

/**
 * Reads of DynamoDB, a hundred keys in one `BatchGetItem`, of several tables. An item is the input of
 * a `GetItem`; its result is what was found, or `undefined`.
 *
 * - **Matched by key**, since the service answers in any order. Keys are read with a projection that
 *   leaves them out, and taken out again.
 * - **Equal keys** are read once, and their callers share the object. A consistent read joins only what
 *   leaves with it, never one under way.
 * - **Settings** (`ConsistentRead`, `ProjectionExpression`) belong to a table in a request: keys that
 *   want others go with the next one.
 * - **`UnprocessedKeys`** alone are asked again, with backoff, and are never taken for "not found":
 *   after the last attempt they reject with an `AwsError`, `JITNEY_AWS_NOT_DONE`.
 * - **A key that spoils the request** is isolated: `JITNEY_AWS_REFUSED`. Throttling, 5xx and lost
 *   connections are never split, but tried again.
 *
 * @param client one with `send` and the option `command` (`BatchGetItemCommand`, or `BatchGetCommand`
 * of the document client), or with a method `batchGetItem`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { dynamoDbGetBatcher } from 'jitney/aws'
 *
 * // new DynamoDB({}), or new DynamoDBClient({}) and { command: BatchGetItemCommand }
 * const client = {
 *   batchGetItem: async () => ({ Responses: { cats: [{ id: { S: 'b' }, age: { N: '3' } }] } }),
 * }
 * const cats = dynamoDbGetBatcher(client)
 * const get = (id: string) => cats.process({ TableName: 'cats', Key: { id: { S: id } } })
 * await Promise.all([get('a'), get('b')]) // => [undefined, { id: { S: 'b' }, age: { N: '3' } }]
 * ```
 */
export function dynamoDbGetBatcher<Result extends object = Attributes>(
  client: AwsClient<'batchGetItem', BatchGetInput>,
  options?: DynamoDbGetOptions,
): Batcher<DynamoDbGet, Result | undefined> {
  const { own, rest } = readOptions<AwsSettings, DynamoDbGet>(creating, awsGuards, options, [
    'dedupeKey',
  ])
  return serviceBatcher<DynamoDbGet, BatchGetInput, Result | undefined>(
    creating,
    service as Service<DynamoDbGet, BatchGetInput, Result | undefined>,
    awsLimits.dynamoDbGet,
    client,
    own,
    {
      ...rest,
      // What is under way may be older than what a consistent read has to show.
      dedupeKey: (get) => (get.ConsistentRead === true ? Symbol('alone') : textOf(get)),
    },
  )
}

const service: Service<DynamoDbGet, BatchGetInput, Attributes | undefined> = {
  action,
  method: 'batchGetItem',
  isIdempotent: true,
  sizeOf: ({ TableName, Key }) => {
    if (typeof TableName !== 'string') throw refusal(action, 'TableName', 'a string', TableName)
    if (typeof Key !== 'object' || Key === null || Object.keys(Key).length === 0) {
      throw refusal(action, 'Key', 'an object with the key attributes', Key)
    }
    return 0
  },
  targetOf: ({ TableName }) => TableName,
  fitting: (items) => {
    const byTable = new Map<string, string>()
    return items.map((item) => {
      // Keys with other attributes are wrong for the table, and found out by themselves.
      const text = settingsText(item) + Object.keys(item.Key).toSorted().join()
      const settings = byTable.get(item.TableName) ?? text
      byTable.set(item.TableName, settings)
      return text === settings
    })
  },
  inputOf: (items) => {
    const RequestItems: BatchGetInput['RequestItems'] = {}
    for (const [table, gets] of byTableOf(items)) {
      const keys = new Map(gets.map((get) => [keyOf(get), get.Key]))
      const { settings } = projectionOf(gets)
      const { ConsistentRead, ProjectionExpression, ExpressionAttributeNames } = settings
      RequestItems[table] = {
        Keys: [...keys.values()],
        ...(ConsistentRead === undefined ? {} : { ConsistentRead }),
        ...(ProjectionExpression === undefined ? {} : { ProjectionExpression }),
        ...(ExpressionAttributeNames === undefined ? {} : { ExpressionAttributeNames }),
      }
    }
    return { RequestItems }
  },
  answersOf: (output, items) => {
    const { Responses, UnprocessedKeys } = output as Partial<Record<string, unknown>>
    const answers = new Map<DynamoDbGet, Answer<Attributes | undefined>>()
    for (const [table, gets] of byTableOf(items)) {
      const answer = answersOfTable(
        gets,
        (Responses as Found | undefined)?.[table],
        (UnprocessedKeys as Unprocessed | undefined)?.[table],
        typeof Responses === 'object' && Responses !== null,
      )
      for (const get of gets) answers.set(get, answer(get))
    }
    return items.map((item) => answers.get(item)!)
  },
}

type Found = Record<string, Attributes[] | undefined>
type Unprocessed = Record<string, { readonly Keys?: readonly Attributes[] } | undefined>

function answersOfTable(
  gets: readonly DynamoDbGet[],
  found: readonly Attributes[] = [],
  unprocessed: { readonly Keys?: readonly Attributes[] } | undefined,
  isAnswer: boolean,
): (get: DynamoDbGet) => Answer<Attributes | undefined> {
  const names = namesOf(gets)
  const { added } = projectionOf(gets)
  const byKey = new Map(found.map((item) => [keyText(item, names), item]))
  const results = new Map([...byKey].map(([key, item]) => [key, without(item, added)]))
  const undone = new Set(unprocessed?.Keys?.map((key) => keyText(key, names)))
  const asked = new Set(gets.map(keyOf))
  // An answer to what nobody asked: then nobody knows what is not there.
  const isStrange = [...byKey.keys(), ...undone].some((key) => !asked.has(key))
  return (get) => {
    const key = keyOf(get)
    if (undone.has(key)) return { kind: 'again', awsCode: 'UnprocessedKeys' }
    if (byKey.has(key)) return { kind: 'done', value: results.get(key) }
    if (isAnswer && !isStrange) return { kind: 'done', value: undefined }
    return { kind: 'unknown', awsMessage: 'the answer does not tell of it' }
  }
}

function byTableOf(items: readonly DynamoDbGet[]): Map<string, DynamoDbGet[]> {
  const tables = new Map<string, DynamoDbGet[]>()
  for (const item of items) {
    const gets = tables.get(item.TableName)
    if (gets === undefined) tables.set(item.TableName, [item])
    else gets.push(item)
  }
  return tables
}

function namesOf(gets: readonly DynamoDbGet[]): string[] {
  return Object.keys(gets[0]!.Key)
}

function projectionOf(gets: readonly DynamoDbGet[]) {
  return withKey(gets[0]!, namesOf(gets))
}

function keyOf({ Key }: DynamoDbGet): string {
  return keyText(Key, Object.keys(Key))
}

function textOf(get: DynamoDbGet): string {
  return JSON.stringify([get.TableName, keyOf(get), settingsText(get)])
}
