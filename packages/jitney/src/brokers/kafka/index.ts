/** Messages produced to Kafka. */
export { kafkaBatcher, type KafkaBatcherOptions } from './kafka-batcher.ts'
export type { KafkaMessage, KafkaProducer, KafkaReceipt, KafkaRecordMetadata } from './producer.ts'
