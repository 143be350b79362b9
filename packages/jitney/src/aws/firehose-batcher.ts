import type { Batcher } from '../batcher/constructor.ts'
import { checkBytes } from './bytes.ts'
import type { AwsClient } from './client.ts'
import { answersByPlace } from './entries.ts'
import { awsLimits } from './limits.ts'
import { type AwsOptions, nonEmpty } from './options.ts'
import { type Operation, targetBatcher } from './target-batcher.ts'

/** What is put: an entry of `PutRecordBatch`. */
export interface FirehoseRecord {
  /** The bytes, with a line feed at their end where the destination wants lines. */
  readonly Data: Uint8Array
}

/** What a record is known by. */
export interface FirehosePut {
  /** The id that the service gave it. */
  readonly RecordId: string
}

/** The input of a `PutRecordBatch`. */
export interface PutRecordBatchInput {
  /** The stream. */
  DeliveryStreamName: string
  /** The records. */
  Records: FirehoseRecord[]
}

interface DeliveryStream {
  deliveryStreamName: string
}

/** Options of `firehoseBatcher`. */
export interface FirehoseOptions extends AwsOptions<FirehoseRecord, PutRecordBatchInput> {
  /** The stream. */
  readonly deliveryStreamName: string
}

const puts: Operation<DeliveryStream, FirehoseRecord, PutRecordBatchInput, FirehosePut> = {
  limits: awsLimits.firehose,
  target: { deliveryStreamName: nonEmpty },
  serviceOf: ({ deliveryStreamName }) => ({
    action: 'put record',
    method: 'putRecordBatch',
    isIdempotent: false,
    sizeOf: ({ Data }) => checkBytes('put record', 'Data', Data),
    inputOf: (Records) => ({ DeliveryStreamName: deliveryStreamName, Records: [...Records] }),
    answersOf: (output, { length }) => {
      const { RequestResponses } = output as { RequestResponses?: unknown }
      const valueOf = ({ RecordId }: FirehosePut): FirehosePut => ({ RecordId })
      return answersByPlace(RequestResponses, length, 'RecordId', valueOf)
    },
  }),
}

/**
 * Records for a delivery stream of Firehose, 500 in one `PutRecordBatch` and at most 4 MiB. What holds
 * for `kinesisBatcher` holds here; where no answer came, the records may have been written.
 *
 * @param client one with `send` and the option `command` (`PutRecordBatchCommand`), or with a method
 * `putRecordBatch`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { firehoseBatcher } from 'jitney/aws'
 *
 * const client = {
 *   putRecordBatch: async ({ Records }: { Records: unknown[] }) => ({
 *     FailedPutCount: 0,
 *     RequestResponses: Records.map((_, n) => ({ RecordId: `r-${n}` })),
 *   }),
 * }
 * const records = firehoseBatcher(client, { deliveryStreamName: 'clicks' })
 * await records.process({ Data: new TextEncoder().encode('{}\n') }) // => { RecordId: 'r-0' }
 * ```
 */
export function firehoseBatcher(
  client: AwsClient<'putRecordBatch', PutRecordBatchInput>,
  options: FirehoseOptions,
): Batcher<FirehoseRecord, FirehosePut> {
  return targetBatcher('firehoseBatcher', puts, client, options)
}
