import { CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose'
import { CreateStreamCommand, KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import {
  cloudWatchLogsBatcher,
  eventBridgeBatcher,
  type EventBridgeEvent,
  firehoseBatcher,
  kinesisBatcher,
  type KinesisRecord,
  type LogEvent,
} from 'jitney/aws'
import { conformance, type ConformanceRun } from 'jitney/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Emulator, settings, startKinesalite } from './emulators.ts'
import { addFault, placeFault } from './faults.ts'
import { recorded, startModel } from './model-server.ts'
import { startWire } from './wire.ts'

const none = 'not applicable'
const retry = { attempts: 3, minDelay: 0 }
const faults = { bad: 'bad', later: 'later' }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

interface Client {
  destroy(): void
}

async function run<Item, Result>(
  port: number,
  silencedBy: string,
  clientAt: (endpoint: string) => Client,
  make: (client: never) => ConformanceRun<Item, Result>['processor'] & { abort(): void },
): Promise<ConformanceRun<Item, Result>> {
  const wire = await startWire(port, silencedBy)
  const client = clientAt(wire.url)
  const processor = make(client as never)
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

describe('kinesisBatcher() over kinesalite', () => {
  let emulator: Emulator
  const http1 = { requestHandler: new NodeHttpHandler() }

  beforeAll(async () => {
    emulator = await startKinesalite()
    const endpoint = `http://127.0.0.1:${emulator.port}`
    const client = new KinesisClient({ ...settings, ...http1, endpoint })
    await client.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 1 }))
    const probe = kinesisBatcher(client, {
      command: PutRecordsCommand,
      streamName: 'clicks',
      // Until the stream is there.
      retry: { attempts: 50, minDelay: 50, maxDelay: 50 },
    })
    await probe.process(record('probe'))
    client.destroy()
  })
  afterAll(() => emulator.stop())

  const record = (text: string): KinesisRecord => ({ Data: bytes(text), PartitionKey: text })
  const slow = 'c2xvdy'

  const cases = conformance<KinesisRecord, { readonly ShardId: string }, string>({
    start: () =>
      run(
        emulator.port,
        slow,
        (endpoint) => {
          const client = new KinesisClient({ ...settings, ...http1, endpoint })
          addFault(client, placeFault('Records', 'Records', faults))
          return client
        },
        (client) =>
          kinesisBatcher(client, { command: PutRecordsCommand, streamName: 'clicks', retry }),
      ),
    item: (n) => record(`record ${n}`),
    result: () => 'shardId-000000000000',
    view: ({ ShardId }) => ShardId,
    failingItem: record('bad'),
    oversizeItem: { Data: new Uint8Array(10 * 1_048_576), PartitionKey: 'x' },
    missing: none,
    unprocessed: { item: record('later'), result: 'shardId-000000000000' },
    shuffled: none,
    outage: 'fails',
    slowItem: { Data: bytes('slow'), PartitionKey: slow },
  })

  it.each(cases)('$name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })
})

describe('over the recorded shapes of the service models', () => {
  let model: Emulator

  beforeAll(async () => {
    model = await startModel(recorded)
  })
  afterAll(() => model.stop())

  interface Data {
    readonly Data: Uint8Array
  }

  const record = (text: string): Data => ({ Data: bytes(text) })
  const event = (text: string): EventBridgeEvent => ({
    Source: 'shop',
    DetailType: 'Sold',
    Detail: JSON.stringify({ text }),
  })
  const now = 20_000 * 86_400_000
  const log = (message: string, timestamp = now): LogEvent => ({ message, timestamp })

  const firehose = conformance<Data, { readonly RecordId: string }, string>({
    start: () =>
      run(
        model.port,
        'c2xvdw',
        (endpoint) => {
          const client = new FirehoseClient({ ...settings, endpoint })
          addFault(client, placeFault('Records', 'RequestResponses', faults))
          return client
        },
        (client) =>
          firehoseBatcher(client, {
            command: PutRecordBatchCommand,
            deliveryStreamName: 'clicks',
            retry,
          }),
      ),
    item: (n) => record(`record ${n}`),
    result: () => 'string',
    view: ({ RecordId }) => typeof RecordId,
    failingItem: record('bad'),
    oversizeItem: { Data: new Uint8Array(1_024_001) },
    missing: none,
    unprocessed: { item: record('later'), result: 'string' },
    shuffled: none,
    outage: 'fails',
    slowItem: record('slow'),
  })

  it.each(firehose)('firehoseBatcher() $name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })

  const eventBridge = conformance<EventBridgeEvent, { readonly EventId: string }, string>({
    start: () =>
      run(
        model.port,
        'slow',
        (endpoint) => {
          const client = new EventBridgeClient({ ...settings, endpoint })
          addFault(client, placeFault('Entries', 'Entries', faults))
          return client
        },
        (client) => eventBridgeBatcher(client, { command: PutEventsCommand, retry }),
      ),
    item: (n) => event(`event ${n}`),
    result: () => 'string',
    view: ({ EventId }) => typeof EventId,
    failingItem: event('bad'),
    oversizeItem: event('x'.repeat(1_048_576)),
    missing: none,
    unprocessed: { item: event('later'), result: 'string' },
    shuffled: none,
    outage: 'fails',
    slowItem: event('slow'),
  })

  it.each(eventBridge)('eventBridgeBatcher() $name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })

  const logs = conformance<LogEvent, undefined>({
    start: () =>
      run(
        model.port,
        'slow',
        (endpoint) => new CloudWatchLogsClient({ ...settings, endpoint }),
        (client) =>
          cloudWatchLogsBatcher(client, {
            command: PutLogEventsCommand,
            logGroupName: 'shop',
            logStreamName: 'till',
            retry,
          }),
      ),
    // Days apart and in no order.
    item: (n) => log(`line ${n}`, now + ((n * 7) % 10) * 11 * 3_600_000),
    result: () => undefined,
    failingItem: log('too old', 0),
    oversizeItem: log('x'.repeat(1_048_576)),
    missing: none,
    unprocessed: none,
    shuffled: none,
    outage: 'fails',
    slowItem: log('slow'),
  })

  it.each(logs)('cloudWatchLogsBatcher() $name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })

  it('cloudWatchLogsBatcher() isolates an event that spoils the request', async () => {
    const client = new CloudWatchLogsClient({
      ...settings,
      endpoint: `http://127.0.0.1:${model.port}`,
    })
    const events = cloudWatchLogsBatcher(client, {
      command: PutLogEventsCommand,
      logGroupName: 'shop',
      logStreamName: 'till',
    })
    const settled = await events.processAllSettled(['a', 'spoils', 'b'].map((text) => log(text)))
    expect(settled).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'JITNEY_AWS_REFUSED', awsCode: 'ValidationException' } },
      { status: 'fulfilled' },
    ])
    client.destroy()
  })
})
