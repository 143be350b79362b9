import type { Batcher } from '../batcher/constructor.ts'
import { optional } from '../platform/guards.ts'
import { checkBytes, sizeOf } from './bytes.ts'
import type { AwsClient } from './client.ts'
import { answersByPlace } from './entries.ts'
import { awsLimits } from './limits.ts'
import { type AwsOptions, nonEmpty } from './options.ts'
import { type Operation, targetBatcher } from './target-batcher.ts'

/** What is put: an entry of `PutRecords`. */
export interface KinesisRecord {
  /** The bytes. */
  readonly Data: Uint8Array
  /** Records of one key go to one shard. */
  readonly PartitionKey: string
  /**
   * Chooses the shard instead of the hash of the key.
   * @default none
   */
  readonly ExplicitHashKey?: string | undefined
}

/** Where a record is. */
export interface KinesisPut {
  /** Its place in the shard. */
  readonly SequenceNumber: string
  /** The shard that it went to. */
  readonly ShardId: string
}

/** The input of a `PutRecords`. */
export interface PutRecordsInput {
  /** The stream, if it is known by its name. */
  StreamName?: string
  /** The stream, if it is known by its ARN. */
  StreamARN?: string
  /** The records. */
  Records: KinesisRecord[]
}

interface Stream {
  streamName: string | undefined
  streamArn: string | undefined
}

/** Options of `kinesisBatcher`. */
export interface KinesisOptions extends AwsOptions<KinesisRecord, PutRecordsInput> {
  /**
   * The stream, by its name or by `streamArn`.
   * @default none
   */
  readonly streamName?: string | undefined
  /**
   * The stream, by its ARN.
   * @default none
   */
  readonly streamArn?: string | undefined
}

const action = 'put record'

const puts: Operation<Stream, KinesisRecord, PutRecordsInput, KinesisPut> = {
  limits: awsLimits.kinesis,
  target: {
    streamName: /* @__PURE__ */ optional(nonEmpty),
    streamArn: /* @__PURE__ */ optional(nonEmpty),
  },
  serviceOf: ({ streamName, streamArn }) => {
    if (streamArn === undefined) {
      nonEmpty('create kinesisBatcher', "streamName' or 'streamArn", streamName)
    }
    return {
      action,
      method: 'putRecords',
      isIdempotent: false,
      sizeOf: ({ Data, PartitionKey }) => {
        nonEmpty(action, 'PartitionKey', PartitionKey)
        return checkBytes(action, 'Data', Data) + sizeOf(PartitionKey)
      },
      inputOf: (Records) => ({
        ...(streamName === undefined ? {} : { StreamName: streamName }),
        ...(streamArn === undefined ? {} : { StreamARN: streamArn }),
        Records: [...Records],
      }),
      answersOf: (output, { length }) => {
        const { Records } = output as { Records?: unknown }
        const valueOf = ({ SequenceNumber, ShardId }: KinesisPut): KinesisPut => ({
          SequenceNumber,
          ShardId,
        })
        return answersByPlace(Records, length, 'SequenceNumber', valueOf)
      },
    }
  },
}

/**
 * Records for a stream of Kinesis, 500 in one `PutRecords` and at most 10 MiB.
 *
 * - **Order** is not kept, not even by the service: a record with an `ErrorCode` comes later than those
 *   that were in its request. Give each record what orders it.
 * - **Records with an `ErrorCode`** for want of throughput, or of an internal failure, are put again,
 *   alone, with backoff; after the last attempt they reject with an `AwsError`, `JITNEY_AWS_NOT_DONE`.
 * - **No answer**: `JITNEY_AWS_UNKNOWN`. With `idempotent` the records are put again, perhaps twice.
 *
 * @param client one with `send` and the option `command` (`PutRecordsCommand`), or with a method
 * `putRecords`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { kinesisBatcher } from 'jitney/aws'
 *
 * const client = {
 *   putRecords: async ({ Records }: { Records: unknown[] }) => ({
 *     Records: Records.map((_, n) => ({ SequenceNumber: `${n}`, ShardId: 'shard-0' })),
 *   }),
 * }
 * const records = kinesisBatcher(client, { streamName: 'clicks' })
 * const Data = new TextEncoder().encode('{}')
 * await records.process({ Data, PartitionKey: 'cat' }) // => { SequenceNumber: '0', ShardId: 'shard-0' }
 * ```
 */
export function kinesisBatcher(
  client: AwsClient<'putRecords', PutRecordsInput>,
  options: KinesisOptions,
): Batcher<KinesisRecord, KinesisPut> {
  return targetBatcher('kinesisBatcher', puts, client, options)
}
