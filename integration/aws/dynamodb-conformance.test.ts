import {
  BatchGetItemCommand,
  type BatchGetItemInput,
  type BatchGetItemOutput,
  BatchWriteItemCommand,
  type BatchWriteItemInput,
  type BatchWriteItemOutput,
  type KeysAndAttributes,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import {
  type Attributes,
  type DynamoDbGet,
  dynamoDbGetBatcher,
  type DynamoDbWrite,
  dynamoDbWriteBatcher,
} from 'jitney/aws'
import { conformance, type ConformanceRun } from 'jitney/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { clientOf, createTables, keys } from './dynamodb-tables.ts'
import { type Emulator, startDynalite } from './emulators.ts'
import { addFault, type Fault } from './faults.ts'
import { startWire } from './wire.ts'

const none = 'not applicable'
const retry = { attempts: 3, minDelay: 0 }
let emulator: Emulator

beforeAll(async () => {
  emulator = await startDynalite()
  await createTables(emulator)
  const client = clientOf(`http://127.0.0.1:${emulator.port}`)
  const writes = dynamoDbWriteBatcher(client, { command: BatchWriteItemCommand, keys })
  const items = Array.from({ length: 250 }, (_, n) => ({ ...put(n) }))
  await writes.processAll([...items, { TableName: 'cats', Item: typed({ id: 'later', age: 7 }) }])
  client.destroy()
})
afterAll(() => emulator.stop())

type Values = Record<string, string | number>
type Form = (values: Values) => Attributes

const plain: Form = (values) => values
const typed: Form = (values) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  )

const keyOf = (n: number): Values =>
  n % 2 === 0 ? { id: `cat-${n}` } : { owner: 'ann', name: `dog-${n}` }
const tableOf = (n: number): string => (n % 2 === 0 ? 'cats' : 'dogs')
const put = (n: number, form = typed): DynamoDbWrite => ({
  TableName: tableOf(n),
  Item: form({ ...keyOf(n), age: n }),
})

/** What asks for the key 'later' is left undone once, the rest of its request not. */
const getFault = (isReversed: boolean): Fault<BatchGetItemInput, BatchGetItemOutput> => {
  let isDone = false
  return async (input, next) => {
    const undone: Record<string, KeysAndAttributes> = {}
    const asked = Object.entries(input.RequestItems ?? {}).map(([table, given]) => {
      const isLater = (key: object): boolean => JSON.stringify(key).includes('later') && !isDone
      const later = (given.Keys ?? []).filter(isLater)
      if (later.length > 0) undone[table] = { ...given, Keys: later }
      return [table, { ...given, Keys: given.Keys?.filter((key) => !isLater(key)) }] as const
    })
    if (Object.keys(undone).length > 0) isDone = true
    const left = asked.filter(([, { Keys = [] }]) => Keys.length > 0)
    const output =
      left.length > 0
        ? await next({ ...input, RequestItems: Object.fromEntries(left) })
        : { Responses: {} }
    const { Responses = {} } = output
    const found = Object.entries(Responses).map(
      ([table, items]) => [table, isReversed ? items.toReversed() : items] as const,
    )
    return {
      ...output,
      Responses: Object.fromEntries(isReversed ? found.toReversed() : found),
      UnprocessedKeys: undone,
    }
  }
}

const writeFault = (): Fault<BatchWriteItemInput, BatchWriteItemOutput> => {
  let isDone = false
  return async (input, next) => {
    const undone: Record<string, WriteRequest[]> = {}
    const left: Record<string, WriteRequest[]> = {}
    for (const [table, requests] of Object.entries(input.RequestItems ?? {})) {
      for (const request of requests) {
        const isLater = JSON.stringify(request).includes('later') && !isDone
        ;((isLater ? undone : left)[table] ??= []).push(request)
      }
    }
    if (Object.keys(undone).length > 0) isDone = true
    const output = Object.keys(left).length > 0 ? await next({ ...input, RequestItems: left }) : {}
    return { ...output, UnprocessedItems: undone }
  }
}

async function run<Item, Result, Input, Output>(
  fault: Fault<Input, Output>,
  make: (client: ReturnType<typeof clientOf>) => ConformanceRun<Item, Result>['processor'] & {
    abort(): void
  },
): Promise<ConformanceRun<Item, Result>> {
  const wire = await startWire(emulator.port, 'slow')
  const client = clientOf(wire.url)
  addFault(client, fault)
  const processor = make(client)
  return {
    processor,
    stopServer: wire.stop,
    startServer: wire.start,
    end: async () => {
      processor.abort()
      client.destroy()
      await wire.stop()
    },
  }
}

type Client = ReturnType<typeof clientOf>

const forms = [
  {
    name: 'the client',
    form: typed,
    gets: (client: Client) =>
      dynamoDbGetBatcher(client, { command: BatchGetItemCommand, concurrency: 2, retry }),
    writes: (client: Client) =>
      dynamoDbWriteBatcher(client, { command: BatchWriteItemCommand, keys, concurrency: 2, retry }),
  },
  {
    name: 'the document client',
    form: plain,
    gets: (client: Client) =>
      dynamoDbGetBatcher(DynamoDBDocumentClient.from(client), { command: BatchGetCommand, retry }),
    writes: (client: Client) =>
      dynamoDbWriteBatcher(DynamoDBDocumentClient.from(client), {
        command: BatchWriteCommand,
        keys,
        retry,
      }),
  },
]

describe.each(forms)('dynamoDbGetBatcher() over $name and dynalite', ({ form, gets }) => {
  const catOf = (id: string): DynamoDbGet => ({ TableName: 'cats', Key: form({ id }) })
  const start = (isReversed: boolean) => () => run(getFault(isReversed), gets)
  const cases = conformance<DynamoDbGet, Attributes | undefined>({
    start: start(false),
    item: (n) => ({ TableName: tableOf(n), Key: form(keyOf(n)) }),
    result: (n) => form({ ...keyOf(n), age: n }),
    // Of another type than the table's.
    failingItem: { TableName: 'cats', Key: form({ id: 1 }) },
    oversizeItem: none,
    missing: { item: catOf('nobody'), result: undefined },
    unprocessed: { item: catOf('later'), result: form({ id: 'later', age: 7 }) },
    shuffled: start(true),
    outage: 'fails',
    slowItem: catOf('slow'),
  })

  it.each(cases)('$name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })
})

describe.each(forms)('dynamoDbWriteBatcher() over $name and dynalite', ({ form, writes }) => {
  const catOf = (id: string, age: number | string): DynamoDbWrite => ({
    TableName: 'cats',
    Item: form({ id, age }),
  })
  const cases = conformance<DynamoDbWrite, undefined>({
    start: () => run(writeFault(), writes),
    item: (n) => put(n, form),
    result: () => undefined,
    failingItem: { TableName: 'cats', Item: form({ id: 1 }) },
    oversizeItem: catOf('large', 'x'.repeat(400 * 1024)),
    missing: none,
    unprocessed: { item: catOf('later', 7), result: undefined },
    shuffled: none,
    outage: 'fails',
    slowItem: catOf('slow', 1),
  })

  it.each(cases)('$name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })
})
