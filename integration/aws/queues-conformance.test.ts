import { createHash } from 'node:crypto'

import { CreateTopicCommand, PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import {
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import {
  snsBatcher,
  type SnsMessage,
  type SnsPublished,
  sqsDeleteBatcher,
  type SqsMessage,
  type SqsReceipt,
  sqsSendBatcher,
  type SqsSent,
  type SqsVisibility,
  sqsVisibilityBatcher,
} from 'jitney/aws'
import { conformance, type ConformanceRun } from 'jitney/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Emulator, settings, startQueues } from './emulators.ts'
import { addFault, entryFault, type EntryFaults } from './faults.ts'
import { startWire } from './wire.ts'

const none = 'not applicable'
const retry = { attempts: 3, minDelay: 0 }
const faults: EntryFaults = { bad: 'wrong', later: 'later', lost: 'lost', reversed: false }
let emulator: Emulator
let made = 0

beforeAll(async () => {
  emulator = await startQueues()
})
afterAll(() => emulator.stop())

const urlOf = (): string => `http://127.0.0.1:${emulator.port}`

async function createQueue(isFifo: boolean): Promise<string> {
  const client = new SQSClient({ ...settings, endpoint: urlOf() })
  made += 1
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({
      QueueName: `queue-${made}${isFifo ? '.fifo' : ''}`,
      Attributes: {
        VisibilityTimeout: '600',
        ...(isFifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {}),
      },
    }),
  )
  client.destroy()
  return QueueUrl!
}

async function run<Item, Result>(
  Client: typeof SQSClient | typeof SNSClient,
  field: string,
  isReversed: boolean,
  make: (client: never) => ConformanceRun<Item, Result>['processor'] & { abort(): void },
): Promise<ConformanceRun<Item, Result>> {
  const wire = await startWire(emulator.port, 'slow')
  const client = new Client({ ...settings, endpoint: wire.url })
  addFault(client, entryFault(field, { ...faults, reversed: isReversed }))
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

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

describe.each([
  { kind: 'a queue', isFifo: false },
  { kind: 'a FIFO queue', isFifo: true },
])('sqsSendBatcher() over $kind of fauxqs', ({ isFifo }) => {
  const message = (text: string): SqsMessage => ({
    MessageBody: text,
    ...(isFifo ? { MessageGroupId: `group-${text}` } : {}),
  })
  const start = (isReversed: boolean) => async () => {
    const queueUrl = await createQueue(isFifo)
    return run<SqsMessage, SqsSent>(SQSClient, 'Entries', isReversed, (client) =>
      sqsSendBatcher(client, { command: SendMessageBatchCommand, queueUrl, retry }),
    )
  }
  const cases = conformance<SqsMessage, SqsSent, string>({
    start: start(false),
    item: (n) => message(`message ${n}`),
    result: (n) => md5(`message ${n}`),
    view: ({ MD5OfMessageBody }) => MD5OfMessageBody,
    failingItem: message('wrong'),
    oversizeItem: message('x'.repeat(1_048_577)),
    missing: { item: message('lost'), result: 'error' },
    unprocessed: { item: message('later'), result: md5('later') },
    shuffled: start(true),
    outage: 'fails',
    slowItem: message('slow'),
  })

  it.each(cases)('$name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })
})

describe.each(['sqsDeleteBatcher()', 'sqsVisibilityBatcher()'])('%s over fauxqs', (name) => {
  const isDelete = name === 'sqsDeleteBatcher()'
  const count = 250
  const receipts: string[] = []
  let queueUrl: string

  beforeAll(async () => {
    queueUrl = await createQueue(false)
    const client = new SQSClient({ ...settings, endpoint: urlOf() })
    const sends = sqsSendBatcher(client, { command: SendMessageBatchCommand, queueUrl })
    await sends.processAll(Array.from({ length: count }, (_, n) => ({ MessageBody: `${n}` })))
    while (receipts.length < count) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
      )
      receipts.push(...Messages.map(({ ReceiptHandle }) => ReceiptHandle!))
    }
    client.destroy()
  })

  const itemOf = (handle: string): SqsReceipt & SqsVisibility => ({
    ReceiptHandle: handle,
    VisibilityTimeout: 600,
  })
  const start = (isReversed: boolean) => () =>
    run<SqsReceipt & SqsVisibility, undefined>(SQSClient, 'Entries', isReversed, (client) =>
      isDelete
        ? sqsDeleteBatcher(client, { command: DeleteMessageBatchCommand, queueUrl, retry })
        : sqsVisibilityBatcher(client, {
            command: ChangeMessageVisibilityBatchCommand,
            queueUrl,
            retry,
          }),
    )
  const cases = conformance<SqsReceipt & SqsVisibility, undefined>({
    start: start(false),
    // The cases that delete do it again, which is no error.
    item: (n) => itemOf(receipts[n]!),
    result: () => undefined,
    failingItem: itemOf('wrong'),
    oversizeItem: none,
    // The answer never tells of it, so that it is asked again until the bound.
    missing: { item: itemOf('lost'), result: 'error' },
    unprocessed: none,
    shuffled: start(true),
    outage: 'fails',
    slowItem: itemOf('slow'),
  })

  it.each(cases)('$name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })
})

describe.each([
  { kind: 'a topic', isFifo: false },
  { kind: 'a FIFO topic', isFifo: true },
])('snsBatcher() over $kind of fauxqs', ({ isFifo }) => {
  const message = (text: string): SnsMessage => ({
    Message: text,
    ...(isFifo ? { MessageGroupId: `group-${text}` } : {}),
  })
  const start = (isReversed: boolean) => async () => {
    const client = new SNSClient({ ...settings, endpoint: urlOf() })
    made += 1
    const { TopicArn } = await client.send(
      new CreateTopicCommand({
        Name: `topic-${made}${isFifo ? '.fifo' : ''}`,
        Attributes: isFifo ? { FifoTopic: 'true', ContentBasedDeduplication: 'true' } : {},
      }),
    )
    client.destroy()
    return run<SnsMessage, SnsPublished>(
      SNSClient,
      'PublishBatchRequestEntries',
      isReversed,
      (sns) => snsBatcher(sns, { command: PublishBatchCommand, topicArn: TopicArn!, retry }),
    )
  }
  const cases = conformance<SnsMessage, SnsPublished, string>({
    start: start(false),
    item: (n) => message(`message ${n}`),
    result: () => 'string',
    view: ({ MessageId }) => typeof MessageId,
    failingItem: message('wrong'),
    oversizeItem: message('x'.repeat(262_145)),
    missing: { item: message('lost'), result: 'error' },
    unprocessed: { item: message('later'), result: 'string' },
    shuffled: start(true),
    outage: 'fails',
    slowItem: message('slow'),
  })

  it.each(cases)('$name', async ({ run: conforms }) => {
    await expect(conforms()).resolves.toBeUndefined()
  })
})
