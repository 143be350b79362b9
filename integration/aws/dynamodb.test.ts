/** What becomes of keys and writes, against dynalite through the official client. */
import {
  BatchGetItemCommand,
  type BatchGetItemInput,
  type BatchGetItemOutput,
  BatchWriteItemCommand,
  type BatchWriteItemInput,
  type BatchWriteItemOutput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import {
  AwsError,
  type DynamoDbGet,
  dynamoDbGetBatcher,
  type DynamoDbWrite,
  dynamoDbWriteBatcher,
} from 'jitney/aws'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { clientOf, createTables, keys } from './dynamodb-tables.ts'
import { type Emulator, startDynalite } from './emulators.ts'
import { addFault, exception, type Fault } from './faults.ts'

const retry = { attempts: 4, minDelay: 0 }
let emulator: Emulator
let client: DynamoDBClient

beforeAll(async () => {
  emulator = await startDynalite()
  await createTables(emulator)
})
afterAll(() => emulator.stop())
beforeEach(() => {
  client = clientOf(`http://127.0.0.1:${emulator.port}`)
})
afterEach(() => client.destroy())

const cat = (id: string, age: number): DynamoDbWrite => ({
  TableName: 'cats',
  Item: { id: { S: id }, age: { N: String(age) }, name: { S: `name of ${id}` } },
})
const getCat = (id: string, settings: Partial<DynamoDbGet> = {}): DynamoDbGet => ({
  TableName: 'cats',
  Key: { id: { S: id } },
  ...settings,
})
const writesOf = (concurrency = 1) =>
  dynamoDbWriteBatcher(client, { command: BatchWriteItemCommand, keys, retry, concurrency })
const getsOf = () => dynamoDbGetBatcher(client, { command: BatchGetItemCommand, retry })

type Sent<Input> = NonNullable<Input[keyof Input & 'RequestItems']>

/** Notes what was sent. */
function watched<Input extends { RequestItems?: unknown }>(): Sent<Input>[] {
  const sent: Sent<Input>[] = []
  addFault<Input, object>(client, (input, next) => {
    sent.push(input.RequestItems as Sent<Input>)
    return next(input)
  })
  return sent
}

const throttling = (): Error => exception('ProvisionedThroughputExceededException', 400, 'client')

describe('dynamoDbGetBatcher()', () => {
  beforeEach(async () => {
    await writesOf().processAll([
      cat('a', 1),
      cat('b', 2),
      { TableName: 'dogs', Item: { owner: { S: 'ann' }, name: { S: 'rex' }, age: { N: '7' } } },
    ])
  })

  it('reads several tables in one request, each equal key once', async () => {
    const sent = watched<BatchGetItemInput>()
    const dog = { TableName: 'dogs', Key: { name: { S: 'rex' }, owner: { S: 'ann' } } }
    const found = await getsOf().processAll([
      getCat('a'),
      dog,
      getCat('b', { ConsistentRead: true }),
      getCat('a'),
      { ...dog, Key: { owner: { S: 'ann' }, name: { S: 'rex' } } },
      getCat('nobody'),
    ])
    expect(found.map((item) => item?.age)).toEqual([
      { N: '1' },
      { N: '7' },
      { N: '2' },
      { N: '1' },
      { N: '7' },
      undefined,
    ])
    // The consistent read of the same table went with the next request.
    expect(sent.map((tables) => Object.keys(tables))).toEqual([['cats', 'dogs'], ['cats']])
    expect(sent[0]?.cats?.Keys).toEqual([{ id: { S: 'a' } }, { id: { S: 'nobody' } }])
    expect(sent[0]?.dogs?.Keys).toHaveLength(1)
    expect(sent[1]?.cats).toMatchObject({ ConsistentRead: true, Keys: [{ id: { S: 'b' } }] })
  })

  it('reads an equal key of consistent reads once', async () => {
    const sent = watched<BatchGetItemInput>()
    const gets = ['a', 'a', 'b'].map((id) => getCat(id, { ConsistentRead: true }))
    const found = await getsOf().processAll(gets)
    expect(found.map((item) => item?.age)).toEqual([{ N: '1' }, { N: '1' }, { N: '2' }])
    expect(sent).toHaveLength(1)
    expect(sent[0]?.cats?.Keys).toHaveLength(2)
  })

  it('matches items whose projection leaves the key out, and gives what was asked for', async () => {
    const projection = {
      ProjectionExpression: 'age, #n',
      ExpressionAttributeNames: { '#n': 'name' },
    }
    const found = await getsOf().processAll([
      getCat('b', projection),
      getCat('a', projection),
      getCat('a', { ProjectionExpression: 'id, age' }),
      getCat('a', { ProjectionExpression: 'color' }),
    ])
    expect(found).toEqual([
      { age: { N: '2' }, name: { S: 'name of b' } },
      { age: { N: '1' }, name: { S: 'name of a' } },
      { id: { S: 'a' }, age: { N: '1' } },
      {},
    ])
  })

  it('asks for at most a hundred keys', async () => {
    const sent = watched<BatchGetItemInput>()
    await getsOf().processAll(Array.from({ length: 230 }, (_, n) => getCat(`none-${n}`)))
    expect(sent.map(({ cats }) => cats?.Keys?.length)).toEqual([100, 100, 30])
  })

  it('never takes a throttled key for one that is not there, and stops at the bound', async () => {
    addFault<BatchGetItemInput, BatchGetItemOutput>(client, async (input, next) => {
      const { cats } = input.RequestItems!
      const isHot = ({ id }: { id?: { S?: string } }): boolean => id?.S === 'hot'
      const hot = cats!.Keys!.filter(isHot as never)
      const rest = cats!.Keys!.filter((key) => !hot.includes(key))
      const output =
        rest.length === 0
          ? { Responses: {} }
          : await next({ RequestItems: { cats: { ...cats, Keys: rest } } })
      return { ...output, UnprocessedKeys: hot.length === 0 ? {} : { cats: { Keys: hot } } }
    })
    const sent = watched<BatchGetItemInput>()
    const settled = await getsOf().processAllSettled([getCat('a'), getCat('hot'), getCat('none')])
    expect(settled[0]).toMatchObject({ value: { age: { N: '1' } } })
    expect(settled[2]).toEqual({ status: 'fulfilled', value: undefined })
    expect((settled[1] as PromiseRejectedResult).reason).toBeInstanceOf(AwsError)
    expect(settled[1]).toMatchObject({
      reason: { code: 'JITNEY_AWS_NOT_DONE', awsCode: 'UnprocessedKeys', attempts: 4 },
    })
    // Only what was left undone was asked again.
    expect(sent.flatMap(({ cats }) => cats?.Keys ?? []).length).toBeLessThanOrEqual(2)
  })

  it('never divides a request that was throttled', async () => {
    let requests = 0
    addFault(client, () => {
      requests += 1
      throw throttling()
    })
    const settled = await getsOf().processAllSettled([getCat('a'), getCat('b')])
    expect(requests).toBe(retry.attempts)
    for (const one of settled) {
      expect(one).toMatchObject({ reason: { code: 'JITNEY_AWS_NOT_DONE', attempts: 4 } })
    }
  })

  it('isolates a table that does not exist', async () => {
    const nowhere = { TableName: 'nowhere', Key: { id: { S: 'a' } } }
    const settled = await getsOf().processAllSettled([getCat('a'), nowhere, getCat('b')])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(settled[1]).toMatchObject({ reason: { code: 'JITNEY_AWS_REFUSED', attempts: 1 } })
  })

  it.each([
    ['an empty answer', {}],
    ['no answer', undefined],
    ['an answer to another question', { Responses: { cats: [{ id: { S: 'other' } }] } }],
  ])('does not take %s for "not found"', async (_, answer) => {
    addFault(client, async () => answer as object)
    const [settled] = await getsOf().processAllSettled([getCat('a')])
    expect(settled).toMatchObject({ reason: { code: 'JITNEY_AWS_UNKNOWN', attempts: 4 } })
  })
})

describe('dynamoDbWriteBatcher()', () => {
  /** What asks for the key is left undone the first times. */
  const undoneAtFirst =
    (id: string, times: number): Fault<BatchWriteItemInput, BatchWriteItemOutput> =>
    async (input, next) => {
      const requests = input.RequestItems!.cats!
      // What is read goes through the same client.
      if (!Array.isArray(requests)) return next(input)
      const isHot = (text: string): boolean => times > 0 && text.includes(`"${id}"`)
      const hot = requests.filter((request) => isHot(JSON.stringify(request)))
      const rest = requests.filter((request) => !hot.includes(request))
      if (hot.length > 0) times -= 1
      const output = rest.length === 0 ? {} : await next({ RequestItems: { cats: rest } })
      return { ...output, UnprocessedItems: hot.length === 0 ? {} : { cats: hot } }
    }

  it('stores several tables by requests of 25', async () => {
    const sent = watched<BatchWriteItemInput>()
    const dogs = Array.from({ length: 30 }, (_, n) => ({
      TableName: 'dogs',
      Item: { owner: { S: 'ann' }, name: { S: `dog ${n}` } },
    }))
    const cats = Array.from({ length: 30 }, (_, n) => cat(`many ${n}`, n))
    await writesOf().processAll([...dogs, ...cats])
    expect(sent.map((tables) => Object.values(tables).flat().length)).toEqual([25, 25, 10])
  })

  it.each([1, 3])('does writes of one key one after the other, at concurrency %d', async (most) => {
    addFault(client, undoneAtFirst('a', 2))
    const sent = watched<BatchWriteItemInput>()
    const writes = writesOf(most)
    const versions = Array.from({ length: 40 }, (_, n) => cat('a', n))
    const others = Array.from({ length: 40 }, (_, n) => cat(`other ${n}`, n))
    await writes.processAll(versions.flatMap((version, n) => [version, others[n]!]))
    const ages = sent.flatMap(({ cats = [] }) =>
      cats.map(({ PutRequest }) => PutRequest?.Item).filter((item) => item?.id?.S === 'a'),
    )
    expect(ages.map((item) => Number(item?.age?.N))).toEqual(versions.map((_, n) => n))
    const found = await getsOf().process(getCat('a', { ConsistentRead: true }))
    expect(found?.age).toEqual({ N: '39' })
  })

  it('deletes what was put before, and puts again what was deleted', async () => {
    const remove = { TableName: 'cats', Key: { id: { S: 'c' } } }
    await writesOf().processAll([cat('c', 1), remove])
    expect(await getsOf().process(getCat('c', { ConsistentRead: true }))).toBeUndefined()
    await writesOf().processAll([cat('c', 1), remove, cat('c', 2)])
    const found = await getsOf().process(getCat('c', { ConsistentRead: true }))
    expect(found?.age).toEqual({ N: '2' })
  })

  it('never takes an unprocessed write for success, and goes on with the next of its key', async () => {
    addFault(client, undoneAtFirst('hot', retry.attempts))
    const settled = await writesOf().processAllSettled([
      cat('hot', 1),
      cat('calm', 1),
      cat('hot', 2),
    ])
    expect(settled).toMatchObject([
      { reason: { code: 'JITNEY_AWS_NOT_DONE', awsCode: 'UnprocessedItems', attempts: 4 } },
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ])
    const found = await getsOf().process(getCat('hot', { ConsistentRead: true }))
    expect(found?.age).toEqual({ N: '2' })
  })

  it('goes on with the next of a key whose caller left while it waited', async () => {
    addFault(client, undoneAtFirst('left', 1))
    const writes = dynamoDbWriteBatcher(client, {
      command: BatchWriteItemCommand,
      keys,
      retry: { attempts: 3, minDelay: 2 ** 30, maxDelay: 2 ** 30 },
    })
    const controller = new AbortController()
    const first = writes.process(cat('left', 1), { signal: controller.signal })
    const beside = writes.process(cat('beside', 1))
    await beside
    controller.abort()
    await expect(first).rejects.toBe(controller.signal.reason)
    await writes.process(cat('left', 2))
    const found = await getsOf().process(getCat('left', { ConsistentRead: true }))
    expect(found?.age).toEqual({ N: '2' })
  })

  it('refuses an item of more than 400 KB before it is sent', async () => {
    const sent = watched<BatchWriteItemInput>()
    const large = {
      TableName: 'cats',
      Item: { id: { S: 'large' }, text: { S: 'x'.repeat(400 * 1024) } },
    }
    const [settled] = await writesOf().processAllSettled([large])
    expect(settled).toMatchObject({
      reason: { name: 'RangeError', code: 'JITNEY_OUT_OF_RANGE' },
    })
    expect(sent).toHaveLength(0)
  })

  it('cuts requests by bytes, and isolates an item that only the service knows to be too large', async () => {
    const sent = watched<BatchWriteItemInput>()
    const writes = dynamoDbWriteBatcher(client, {
      command: BatchWriteItemCommand,
      keys,
      retry,
      limits: { itemBytes: 500 * 1024, requestBytes: 1024 * 1024 },
    })
    const sized = (id: string, kilobytes: number): DynamoDbWrite => ({
      TableName: 'cats',
      Item: { id: { S: id }, text: { S: 'x'.repeat(kilobytes * 1024) } },
    })
    const settled = await writes.processAllSettled([
      sized('one', 300),
      sized('two', 300),
      sized('three', 450),
      sized('four', 300),
    ])
    expect(settled).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
      { reason: { code: 'JITNEY_AWS_REFUSED', awsCode: 'ValidationException' } },
      { status: 'fulfilled' },
    ])
    expect(sent[0]?.cats).toHaveLength(2)
  })
})
