/** The types of this package beside those of the official clients: the compiler is the test. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import {
  CloudWatchLogs,
  CloudWatchLogsClient,
  type PutLogEventsCommandInput,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDB,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import { EventBridge, EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { Firehose, FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose'
import { Kinesis, KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { PublishBatchCommand, SNS, SNSClient } from '@aws-sdk/client-sns'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  SendMessageBatchCommand,
  SQS,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import {
  cloudWatchLogsBatcher,
  dynamoDbGetBatcher,
  dynamoDbWriteBatcher,
  eventBridgeBatcher,
  firehoseBatcher,
  kinesisBatcher,
  type PutLogEventsInput,
  snsBatcher,
  sqsDeleteBatcher,
  type SqsReceipt,
  sqsSendBatcher,
  sqsVisibilityBatcher,
} from 'jitney/aws'
import { expect, expectTypeOf, it } from 'vitest'

const region = 'us-east-1'
const queueUrl = 'https://sqs.example/1/queue'

it('takes the official clients, with a command or with the operation as a method', () => {
  const keys = { cats: ['id'] }
  const logs = { logGroupName: 'shop', logStreamName: 'till' }
  const made = [
    dynamoDbGetBatcher(new DynamoDB({ region })),
    dynamoDbGetBatcher(new DynamoDBClient({ region }), { command: BatchGetItemCommand }),
    dynamoDbGetBatcher(DynamoDBDocumentClient.from(new DynamoDBClient({ region })), {
      command: BatchGetCommand,
    }),
    dynamoDbWriteBatcher(new DynamoDB({ region }), { keys }),
    dynamoDbWriteBatcher(new DynamoDBClient({ region }), { command: BatchWriteItemCommand, keys }),
    dynamoDbWriteBatcher(DynamoDBDocumentClient.from(new DynamoDBClient({ region })), {
      command: BatchWriteCommand,
      keys,
    }),
    sqsSendBatcher(new SQS({ region }), { queueUrl }),
    sqsSendBatcher(new SQSClient({ region }), { command: SendMessageBatchCommand, queueUrl }),
    sqsDeleteBatcher(new SQS({ region }), { queueUrl }),
    sqsDeleteBatcher(new SQSClient({ region }), { command: DeleteMessageBatchCommand, queueUrl }),
    sqsVisibilityBatcher(new SQS({ region }), { queueUrl }),
    sqsVisibilityBatcher(new SQSClient({ region }), {
      command: ChangeMessageVisibilityBatchCommand,
      queueUrl,
    }),
    snsBatcher(new SNS({ region }), { topicArn: 'arn' }),
    snsBatcher(new SNSClient({ region }), { command: PublishBatchCommand, topicArn: 'arn' }),
    kinesisBatcher(new Kinesis({ region }), { streamName: 'clicks' }),
    kinesisBatcher(new KinesisClient({ region }), {
      command: PutRecordsCommand,
      streamArn: 'arn',
    }),
    firehoseBatcher(new Firehose({ region }), { deliveryStreamName: 'clicks' }),
    firehoseBatcher(new FirehoseClient({ region }), {
      command: PutRecordBatchCommand,
      deliveryStreamName: 'clicks',
    }),
    eventBridgeBatcher(new EventBridge({ region })),
    eventBridgeBatcher(new EventBridgeClient({ region }), { command: PutEventsCommand }),
    cloudWatchLogsBatcher(new CloudWatchLogs({ region }), logs),
    cloudWatchLogsBatcher(new CloudWatchLogsClient({ region }), {
      command: PutLogEventsCommand,
      ...logs,
    }),
  ]
  expect(made).toHaveLength(22)
})

it('compiles beside the official types', () => {
  expectTypeOf<PutLogEventsInput>().toExtend<PutLogEventsCommandInput>()
  expectTypeOf<Message>().toExtend<SqsReceipt>()

  const folder = import.meta.dirname
  const compiler = join(folder, '../../node_modules/.bin/tsc')
  // Of the built package, as users have it: under no condition of ours.
  const parameters = ['--project', folder, '--customConditions', 'none']
  const { stdout } = spawnSync(compiler, parameters, { encoding: 'utf8' })
  expect(stdout).toBe('')
})
