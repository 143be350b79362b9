import {
  awsLimits,
  cloudWatchLogsBatcher,
  dynamoDbGetBatcher,
  dynamoDbWriteBatcher,
  eventBridgeBatcher,
  firehoseBatcher,
  kinesisBatcher,
  snsBatcher,
  sqsDeleteBatcher,
  sqsSendBatcher,
  sqsVisibilityBatcher,
} from 'jitney/aws'
import { describe, expect, it } from 'vitest'

const none = {} as never
const queueUrl = 'https://sqs.example/1/queue'
const answering = (answer: unknown) => async (): Promise<unknown> => answer

describe('the batchers of jitney/aws', () => {
  it.each([
    ['batchGetItem', () => dynamoDbGetBatcher(none)],
    ['batchWriteItem', () => dynamoDbWriteBatcher(none, { keys: { cats: ['id'] } })],
    ['sendMessageBatch', () => sqsSendBatcher(none, { queueUrl })],
    ['deleteMessageBatch', () => sqsDeleteBatcher(none, { queueUrl })],
    ['changeMessageVisibilityBatch', () => sqsVisibilityBatcher(none, { queueUrl })],
    ['publishBatch', () => snsBatcher(none, { topicArn: 'arn' })],
    ['putRecords', () => kinesisBatcher(none, { streamName: 'clicks' })],
    ['putRecordBatch', () => firehoseBatcher(none, { deliveryStreamName: 'clicks' })],
    ['putEvents', () => eventBridgeBatcher(none)],
    ['putLogEvents', () => cloudWatchLogsBatcher(none, { logGroupName: 'g', logStreamName: 's' })],
  ])('refuse a client without %s', (method, make) => {
    expect(make).toThrow(
      `'client' must be an object with the method '${method}', or given with the option 'command'`,
    )
  })

  it.each([
    [{}, "'queueUrl' must be a string that is not empty, received undefined"],
    [{ queueUrl: '' }, "'queueUrl' must be a string that is not empty"],
    [{ queueUrl, queue: 1 }, "'option' must be one of command, limits"],
    [{ queueUrl, command: 1 }, "'command' must be a function, received 1"],
    [{ queueUrl, command: Map }, "'client.send' must be a function"],
    [{ queueUrl, maxBatchSize: 11 }, "'maxBatchSize' must be at most 10, which is 'limits.items'"],
    [{ queueUrl, limits: { items: 0 } }, "'limits.items' must be an integer of at least 1"],
    [{ queueUrl, limits: { size: 1 } }, "'option' must be one of items, requestBytes, itemBytes"],
    [{ queueUrl, retry: { attempts: 0 } }, "'retry.attempts' must be"],
    [{ queueUrl, idempotent: 1 }, "'idempotent' must be a boolean"],
    [{ queueUrl, splitOnError: true }, "'option' must be one of"],
  ])('refuse %j', (options, message) => {
    const client = { sendMessageBatch: answering({}) }
    expect(() => sqsSendBatcher(client, options as never)).toThrow(message)
  })

  it('refuse tables without key names, and a stream without a name', () => {
    const client = { batchWriteItem: answering({}), putRecords: answering({}) }
    for (const keys of [undefined, {}, { cats: [] }, { cats: 'id' }, []]) {
      expect(() => dynamoDbWriteBatcher(client, { keys } as never)).toThrow("'keys' must be")
    }
    expect(() => kinesisBatcher(client, {})).toThrow("'streamName' or 'streamArn' must be")
  })

  it('take other limits than those of today', async () => {
    const sizes: number[] = []
    const client = {
      sendMessageBatch: async ({ Entries }: { Entries: { Id: string }[] }) => {
        sizes.push(Entries.length)
        return { Successful: Entries }
      },
    }
    const sends = sqsSendBatcher(client, {
      queueUrl,
      limits: { items: 20, requestBytes: 30, itemBytes: 4 },
    })
    await sends.processAll(Array.from({ length: 25 }, () => ({ MessageBody: 'ab' })))
    expect(sizes).toEqual([15, 10])
    await expect(sends.process({ MessageBody: 'abcde' })).rejects.toThrow(
      "'item' must be at most 4 bytes, which is 'limits.itemBytes', received 5",
    )
    expect(awsLimits.sqsSend.items).toBe(10)
  })

  it('refuse an item that cannot be sent, before it is sent', async () => {
    const sends = sqsSendBatcher({ sendMessageBatch: answering(undefined) }, { queueUrl })
    const records = kinesisBatcher({ putRecords: answering(undefined) }, { streamName: 'clicks' })
    const gets = dynamoDbGetBatcher({ batchGetItem: answering(undefined) })
    const writes = dynamoDbWriteBatcher(
      { batchWriteItem: answering(undefined) },
      { keys: { cats: ['id'] } },
    )
    await expect(sends.process('text' as never)).rejects.toThrow("'item' must be an object")
    await expect(sends.process({} as never)).rejects.toThrow("'MessageBody' must be a string")
    await expect(records.process({ Data: 'a', PartitionKey: 'b' } as never)).rejects.toThrow(
      "'Data' must be a Uint8Array",
    )
    await expect(gets.process({ TableName: 'cats', Key: {} })).rejects.toThrow("'Key' must be")
    await expect(writes.process({ TableName: 'dogs', Item: { id: 1 } })).rejects.toThrow(
      "'TableName' must be a table of 'keys' (cats)",
    )
    await expect(writes.process({ TableName: 'cats', Item: { name: 'tom' } })).rejects.toThrow(
      "'Item.id' must be given",
    )
  })
})
