/** The order of a FIFO queue, against fauxqs through the official client. */
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { sqsDeleteBatcher, type SqsMessage, sqsSendBatcher } from 'jitney/aws'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { type Emulator, settings, startQueues } from './emulators.ts'
import { addFault, exception } from './faults.ts'

interface Input {
  readonly Entries: readonly SendMessageBatchRequestEntry[]
}
interface Output {
  readonly Successful?: readonly unknown[]
  readonly Failed?: readonly object[]
}

let emulator: Emulator
let client: SQSClient
/** Without faults. */
let reader: SQSClient
let queueUrl: string
let made = 0

beforeAll(async () => {
  emulator = await startQueues()
})
afterAll(() => emulator.stop())
beforeEach(async () => {
  const endpoint = `http://127.0.0.1:${emulator.port}`
  client = new SQSClient({ ...settings, endpoint })
  reader = new SQSClient({ ...settings, endpoint })
  made += 1
  const { QueueUrl } = await reader.send(
    new CreateQueueCommand({
      QueueName: `order-${made}.fifo`,
      Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
    }),
  )
  queueUrl = QueueUrl!
})
afterEach(() => {
  client.destroy()
  reader.destroy()
})

const sendsOf = (concurrency: number) =>
  sqsSendBatcher(client, {
    command: SendMessageBatchCommand,
    queueUrl,
    concurrency,
    retry: { attempts: 5, minDelay: 1 },
  })

const message = (group: string, n: number): SqsMessage => ({
  MessageBody: `${group} ${n}`,
  MessageGroupId: group,
})

/** Everything in the queue, by group, in the order in which it is received. */
async function received(): Promise<Record<string, number[]>> {
  const byGroup: Record<string, number[]> = {}
  const deletes = sqsDeleteBatcher(reader, { command: DeleteMessageBatchCommand, queueUrl })
  for (;;) {
    const { Messages = [] } = await reader.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    )
    if (Messages.length === 0) return byGroup
    for (const { Body = '' } of Messages) {
      const [group = '', n] = Body.split(' ')
      ;(byGroup[group] ??= []).push(Number(n))
    }
    await deletes.processAll(Messages)
  }
}

const twenty = Array.from({ length: 20 }, (_, n) => n)
const groups = ['a', 'b', 'c']
const all = twenty.flatMap((n) => groups.map((group) => message(group, n)))
const failed = ({ Id }: SendMessageBatchRequestEntry, isFault = false): object => ({
  Id,
  Code: 'InternalError',
  SenderFault: isFault,
})

describe('sqsSendBatcher() on a FIFO queue', () => {
  it.each([1, 3])('keeps the order in each group, at concurrency %d', async (concurrency) => {
    await sendsOf(concurrency).processAll(all)
    expect(await received()).toEqual({ a: twenty, b: twenty, c: twenty })
  })

  it('puts messages of a group into one request', async () => {
    const sizes: number[] = []
    addFault<Input, Output>(client, (input, next) => {
      sizes.push(input.Entries.length)
      return next(input)
    })
    await sendsOf(1).processAll(twenty.map((n) => message('a', n)))
    expect(sizes).toEqual([10, 10])
  })

  it.each([1, 3])('keeps it where requests are throttled, at concurrency %d', async (most) => {
    let requests = 0
    addFault<Input, Output>(client, async (input, next) => {
      requests += 1
      // Fewer times than there are attempts, as one of three that go in step may meet all of them.
      if (requests < 12 && requests % 3 === 1) {
        throw exception('ThrottlingException', 400, 'client')
      }
      return next(input)
    })
    await sendsOf(most).processAll(all)
    expect(await received()).toEqual({ a: twenty, b: twenty, c: twenty })
  })

  it.each([1, 3])('keeps it where a group is left undone, at concurrency %d', async (most) => {
    let requests = 0
    addFault<Input, Output>(client, async (input, next) => {
      requests += 1
      if (requests > 5) return next(input)
      const isUndone = ({ MessageGroupId }: SendMessageBatchRequestEntry): boolean =>
        MessageGroupId === 'b'
      const Entries = input.Entries.filter((entry) => !isUndone(entry))
      const output = Entries.length === 0 ? {} : await next({ ...input, Entries })
      return { ...output, Failed: input.Entries.filter(isUndone).map((entry) => failed(entry)) }
    })
    const sends = sqsSendBatcher(client, {
      command: SendMessageBatchCommand,
      queueUrl,
      concurrency: most,
      retry: { attempts: 9, minDelay: 1 },
    })
    await sends.processAll(all)
    expect(await received()).toEqual({ a: twenty, b: twenty, c: twenty })
  })

  it('does not send a message behind a later one of its group', async () => {
    addFault<Input, Output>(client, async (input, next) => {
      const isUndone = ({ MessageBody }: SendMessageBatchRequestEntry): boolean =>
        MessageBody === 'a 1' || MessageBody === 'b 2'
      const Entries = input.Entries.filter((entry) => !isUndone(entry))
      const output = Entries.length === 0 ? {} : await next({ ...input, Entries })
      return { ...output, Failed: input.Entries.filter(isUndone).map((entry) => failed(entry)) }
    })
    const settled = await sendsOf(1).processAllSettled([
      message('a', 0),
      message('a', 1),
      message('a', 2),
      message('b', 1),
      message('b', 2),
    ])
    expect(settled).toMatchObject([
      { status: 'fulfilled' },
      { reason: { code: 'JITNEY_AWS_OVERTAKEN', awsCode: 'InternalError', attempts: 1 } },
      { status: 'fulfilled' },
      { status: 'fulfilled' },
      { reason: { code: 'JITNEY_AWS_NOT_DONE', attempts: 5 } },
    ])
    expect(await received()).toEqual({ a: [0, 2], b: [1] })
  })

  it('rejects what is the fault of its sender alone, and at once', async () => {
    let requests = 0
    addFault<Input, Output>(client, async (input, next) => {
      requests += 1
      const [first, ...Entries] = input.Entries
      return { ...(await next({ ...input, Entries })), Failed: [failed(first!, true)] }
    })
    const settled = await sendsOf(1).processAllSettled([message('a', 0), message('a', 1)])
    expect(settled).toMatchObject([
      { reason: { code: 'JITNEY_AWS_REFUSED', attempts: 1 } },
      { status: 'fulfilled' },
    ])
    expect(requests).toBe(1)
  })
})
