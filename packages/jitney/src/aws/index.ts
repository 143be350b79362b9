/** Batch operations of SQS, SNS, DynamoDB, Kinesis, Firehose, EventBridge and CloudWatch Logs. */
export { AwsError, type AwsErrorCode, type AwsErrorDetails } from './aws-error.ts'
export type { MessageAttribute, MessageAttributes } from './bytes.ts'
export type { AwsClient, CommandClass, CommandClient, MethodClient } from './client.ts'
export {
  cloudWatchLogsBatcher,
  type CloudWatchLogsOptions,
  type LogEvent,
  type PutLogEventsInput,
} from './cloudwatch-logs-batcher.ts'
export type { Attributes } from './dynamodb/attributes.ts'
export {
  type BatchGetInput,
  type DynamoDbGet,
  dynamoDbGetBatcher,
  type DynamoDbGetOptions,
} from './dynamodb/get-batcher.ts'
export type { ReadSettings } from './dynamodb/projection.ts'
export {
  type BatchWriteInput,
  type DynamoDbDelete,
  type DynamoDbPut,
  type DynamoDbWrite,
  dynamoDbWriteBatcher,
  type DynamoDbWriteOptions,
} from './dynamodb/write-batcher.ts'
export {
  eventBridgeBatcher,
  type EventBridgeEvent,
  type EventBridgeOptions,
  type EventBridgePut,
  type PutEventsInput,
} from './event-bridge-batcher.ts'
export {
  firehoseBatcher,
  type FirehoseOptions,
  type FirehosePut,
  type FirehoseRecord,
  type PutRecordBatchInput,
} from './firehose-batcher.ts'
export {
  kinesisBatcher,
  type KinesisOptions,
  type KinesisPut,
  type KinesisRecord,
  type PutRecordsInput,
} from './kinesis-batcher.ts'
export { type AwsLimits, awsLimits } from './limits.ts'
export type { AwsOptions } from './options.ts'
export {
  type PublishBatchInput,
  snsBatcher,
  type SnsMessage,
  type SnsOptions,
  type SnsPublished,
} from './sns-batcher.ts'
export { sqsDeleteBatcher, type SqsHandle, type SqsReceipt } from './sqs/delete-batcher.ts'
export type { SqsInput, SqsOptions } from './sqs/queue.ts'
export { sqsSendBatcher, type SqsMessage, type SqsSent } from './sqs/send-batcher.ts'
export { sqsVisibilityBatcher, type SqsVisibility } from './sqs/visibility-batcher.ts'
