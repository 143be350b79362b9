import { Kafka, logLevel, type Producer } from 'kafkajs'
import { kafkaBatcher, type KafkaMessage, type KafkaReceipt } from 'jitney/kafka'
import { conformance } from 'jitney/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { findService } from '../services.ts'
import { type Fault, type FaultLayer, startFaultLayer } from './fault-layer.ts'
import { type MockCluster, startMockCluster } from './mock-cluster.ts'

const isMissing = findService('kcat') === undefined

let cluster: MockCluster
let producer: Producer
let requests = 0

beforeAll(async () => {
  cluster = await startMockCluster()
  producer = await connected(cluster.broker)
})
afterAll(async () => {
  await producer.disconnect()
  await cluster[Symbol.asyncDispose]()
})

async function connected(broker: string): Promise<Producer> {
  const kafka = new Kafka({
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0, initialRetryTime: 1 },
  })
  const made = kafka.producer({ allowAutoTopicCreation: true })
  await made.connect()
  return made
}

/** The producer, whose requests are counted. */
const counting = {
  send: (record: Parameters<Producer['send']>[0]) => {
    requests += 1
    return producer.send(record)
  },
}

let topics = 0
const newTopic = (): string => `topic-${(topics += 1)}`

describe.skipIf(isMissing)('kafkaBatcher()', () => {
  it('sends many messages in one request, with keys, headers and tombstones', async () => {
    const topic = newTopic()
    const messages = kafkaBatcher(counting)
    requests = 0
    await messages.processAll([
      { topic, key: 'ada', value: 'tea', headers: { trace: 'abc', tags: ['x', 'y'] } },
      { topic, key: 'ada', value: Buffer.from('cake') },
      { topic, key: 'ada', value: null },
    ])
    expect(requests).toBe(1)
    const consumed = await cluster.consume(topic)
    expect(consumed.map(({ key, payload }) => [key, payload])).toEqual([
      ['ada', 'tea'],
      ['ada', 'cake'],
      ['ada', null],
    ])
    expect(consumed[0]?.headers).toEqual(['trace', 'abc', 'tags', 'x', 'tags', 'y'])
  })

  it('keeps the order of each key, over many requests', async () => {
    const topic = newTopic()
    const messages = kafkaBatcher(counting, { maxBatchSize: 7 })
    const keyOf = (n: number): string => `key ${n % 5}`
    const all = Array.from({ length: 200 }, (_, n): KafkaMessage => {
      return { topic, key: keyOf(n), value: String(n) }
    })
    await Promise.all(all.map((message) => messages.process(message)))
    const consumed = await cluster.consume(topic)
    expect(consumed).toHaveLength(200)
    for (let key = 0; key < 5; key += 1) {
      const values = consumed.flatMap((one) =>
        one.key === keyOf(key) ? [Number(one.payload)] : [],
      )
      expect(values).toEqual(Array.from({ length: 40 }, (_, n) => n * 5 + key))
    }
  })

  it('tells where each message is, where that can be known', async () => {
    const topic = newTopic()
    const messages = kafkaBatcher(counting)
    const receipts = await messages.processAll(
      [1, 0, 1].map((partition, n) => ({ topic, partition, value: String(n) })),
    )
    const consumed = await cluster.consume(topic)
    for (const [n, { partition, offset }] of receipts.entries()) {
      const there = consumed.find(({ payload }) => payload === String(n))
      expect({ partition, offset }).toEqual({
        partition: there?.partition,
        offset: BigInt(there?.offset ?? -1),
      })
    }
  })

  it('cuts requests by their size, and refuses a message that is too large', async () => {
    const topic = newTopic()
    const messages = kafkaBatcher(counting, { maxMessageSize: 500, maxRequestSize: 1000 })
    requests = 0
    await messages.processAll(
      Array.from({ length: 9 }, () => ({ topic, key: 'ada', value: 'x'.repeat(290) })),
    )
    expect(requests).toBe(3)
    await expect(messages.process({ topic, value: 'x'.repeat(500) })).rejects.toThrow(
      "Cannot send message: 'message' must be at most 500 bytes, received 540",
    )
  })

  it('refuses what is no message alone', async () => {
    const topic = newTopic()
    const messages = kafkaBatcher(counting)
    const wrong = [
      { topic, value: 3 },
      { topic: '', value: 'x' },
      undefined,
      { topic, value: 'x', headers: { n: 3 } },
    ]
    const [good, ...others] = await messages.processAllSettled([
      { topic, value: 'fine' },
      ...(wrong as never[]),
    ])
    expect(good?.status).toBe('fulfilled')
    for (const other of others) {
      expect(other).toMatchObject({ reason: { code: 'JITNEY_WRONG_TYPE' } })
    }
  })

  it('rejects a message for a partition that the topic has not, alone', async () => {
    const topic = newTopic()
    const messages = kafkaBatcher(counting)
    const [bad, good] = await messages.processAllSettled([
      { topic, value: 'x', partition: 99 },
      { topic, value: 'y', partition: 0 },
    ])
    expect(bad).toMatchObject({ reason: { code: 'JITNEY_MESSAGE_UNCONFIRMED' } })
    expect(good).toMatchObject({ value: { topic, partition: 0, offset: 0n } })
  })

  it('lets a topic that cannot be written to fail alone, with the reason of the producer', async () => {
    const failure = new Error('not authorized')
    const messages = kafkaBatcher({
      send: (record: Parameters<Producer['send']>[0]) =>
        record.topic === 'secret' ? Promise.reject(failure) : producer.send(record),
    })
    const [bad, good] = await messages.processAllSettled([
      { topic: 'secret', value: 'x' },
      { topic: newTopic(), value: 'x' },
    ])
    expect(bad).toMatchObject({ reason: { code: 'JITNEY_BATCH_FAILED', cause: failure } })
    expect(good?.status).toBe('fulfilled')
  })

  it('rejects the callers when the cluster is gone, and sends nothing again', async () => {
    const own = await startMockCluster()
    const lonely = await connected(own.broker)
    const messages = kafkaBatcher(lonely)
    await messages.process({ topic: 'one', value: 'x' })
    await own[Symbol.asyncDispose]()
    const settled = await messages.processAllSettled(
      [1, 2].map(() => ({ topic: 'one', value: 'x' })),
    )
    for (const one of settled) {
      expect(one).toMatchObject({ reason: { code: 'JITNEY_BATCH_FAILED' } })
    }
    await lonely.disconnect()
  })

  it('refuses wrong options, which it names', () => {
    expect(() => kafkaBatcher({} as never)).toThrow("'producer' must be a producer")
    expect(() => kafkaBatcher(producer, { acks: 2 as never })).toThrow("'acks' must be 0, 1 or -1")
    expect(() => kafkaBatcher(producer, { concurrency: 2 } as never)).toThrow("'option' must be")
  })
})

describe.skipIf(isMissing)('kafkaBatcher() where the broker fails', () => {
  /** A producer that tries again so often, behind a layer that answers with faults. */
  async function behind(
    faults: readonly Fault[],
    retries: number,
  ): Promise<{ layer: FaultLayer; sending: Producer }> {
    const layer = await startFaultLayer(cluster.broker)
    const kafka = new Kafka({
      brokers: [cluster.broker],
      logLevel: logLevel.NOTHING,
      socketFactory: layer.socketFactory,
      retry: { retries, initialRetryTime: 1 },
    })
    const sending = kafka.producer({ allowAutoTopicCreation: true })
    await sending.connect()
    onTestFinished(async () => {
      await sending.disconnect()
      await layer[Symbol.asyncDispose]()
    })
    layer.faults.push(...faults)
    return { layer, sending }
  }

  it.each([
    ['the leader has changed', 6],
    ['the request timed out', 7],
    ['not enough replicas', 19],
    ['not enough replicas have stored it', 20],
    ['the connection is gone', 'cut'],
  ] as const)('waits for the retries of its producer: %s', async (_words, fault) => {
    const topic = newTopic()
    const { layer, sending } = await behind([fault, fault], 5)
    const messages = kafkaBatcher(sending)
    const receipts = await messages.processAll(
      [1, 2, 3].map((n) => ({ topic, partition: 0, value: String(n) })),
    )
    expect(layer.requests()).toBe(3)
    expect(receipts.map((one) => one.topic)).toEqual([topic, topic, topic])
    // Stored each time, as Kafka without idempotence does; never less, and in order.
    const values = (await cluster.consume(topic)).map(({ payload }) => payload)
    expect(values.slice(-3)).toEqual(['1', '2', '3'])
    expect(values).toHaveLength(9)
  })

  it.each([
    ['after as many attempts as its producer makes', 6, 1, 2],
    ['at once where another attempt is of no use', 29, 5, 1],
  ])('gives up %s, and the next batch leaves', async (_words, fault, retries, requests_) => {
    const topic = newTopic()
    const { layer, sending } = await behind(Array<Fault>(requests_).fill(fault), retries)
    const messages = kafkaBatcher(sending)
    const settled = await messages.processAllSettled([
      { topic, value: '1' },
      { topic, value: '2' },
    ])
    const reasons = settled.map((one) => (one as PromiseRejectedResult).reason as Error)
    for (const reason of reasons) {
      expect(reason).toMatchObject({
        code: 'JITNEY_BATCH_FAILED',
        cause: expect.any(Error) as Error,
      })
    }
    expect(reasons[0]).not.toBe(reasons[1])
    expect(layer.requests()).toBe(requests_)
    await expect(messages.process({ topic, value: '3' })).resolves.toMatchObject({ topic })
  })
})

const conforming = conformance<KafkaMessage, KafkaReceipt, string>({
  start: async () => {
    const own = await startMockCluster()
    const sending = await connected(own.broker)
    const processor = kafkaBatcher(sending)
    return {
      processor,
      end: async () => {
        processor.abort()
        await sending.disconnect()
        await own[Symbol.asyncDispose]()
      },
    }
  },
  item: (n) => ({ topic: 'items', key: `key ${n}`, value: String(n) }),
  result: () => 'items',
  view: ({ topic }) => topic,
  failingItem: { topic: 'items', value: 3 as never },
  oversizeItem: { topic: 'items', value: 'x'.repeat(1_000_001) },
  missing: 'not applicable',
  unprocessed: 'not applicable',
  shuffled: 'not applicable',
  // The mock cluster cannot come back on its port.
  outage: 'not applicable',
  slowItem: 'not applicable',
})

describe.skipIf(isMissing)('kafkaBatcher() conforms', () => {
  it.each(conforming)('$name', async ({ run }) => {
    await expect(run()).resolves.toBe(undefined)
  })
})
