/** Messages published to RabbitMQ, and to others that speak AMQP 0-9-1. */
export { amqpBatcher, type AmqpBatcherOptions } from './amqp-batcher.ts'
export { AmqpError } from './amqp-error.ts'
export type {
  AmqpChannel,
  AmqpConnection,
  AmqpMessage,
  AmqpPublishOptions,
  AmqpReturned,
} from './message.ts'
