/** Bytes, also a `Buffer`. */
type Bytes = Uint8Array

/** One message for a topic. */
export interface KafkaMessage {
  /** The topic. */
  readonly topic: string
  /** `null` is a tombstone: with it, compaction forgets the key. */
  readonly value: string | Bytes | null
  /**
   * Messages of one key keep their order, and go to one partition.
   * @default none
   */
  readonly key?: string | Bytes | null | undefined
  /**
   * Headers, by name.
   * @default none
   */
  readonly headers?:
    | Readonly<Record<string, string | Bytes | readonly (string | Bytes)[] | undefined>>
    | undefined
  /**
   * Where it goes, whatever its key.
   * @default what the producer's partitioner says
   */
  readonly partition?: number | undefined
  /**
   * Milliseconds since 1970, as text.
   * @default the time at which it is sent
   */
  readonly timestamp?: string | undefined
}

/** What a producer tells of each partition that it wrote to. */
export interface KafkaRecordMetadata {
  /** The topic. */
  readonly topicName: string
  /** The partition. */
  readonly partition: number
  /** 0 if all went well. */
  readonly errorCode?: number
  /** The offset of the first message of the batch. */
  readonly baseOffset?: string
}

/** The part of a producer that is needed: that of kafkajs is one. */
export interface KafkaProducer {
  /** Sends messages to one topic. */
  // A method, so that the narrower parameters of real producers fit.
  send(record: {
    topic: string
    messages: never[]
    acks?: number
    timeout?: number
  }): Promise<readonly KafkaRecordMetadata[]>
}

/** What became of a message. */
export interface KafkaReceipt {
  /** The topic that it went to. */
  readonly topic: string
  /** Where it is, if that can be known: it said so itself, or all of its batch went to one. */
  readonly partition: number | undefined
  /** Its offset there, if the producer told where the batch begins. */
  readonly offset: bigint | undefined
}
