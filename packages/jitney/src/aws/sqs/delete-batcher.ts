import type { Batcher } from '../../batcher/constructor.ts'
import type { AwsClient } from '../client.ts'
import { nonEmpty } from '../options.ts'
import { awsLimits } from '../limits.ts'
import { type Operation, targetBatcher } from '../target-batcher.ts'
import { type Queue, queueGuards, queueService, type SqsInput, type SqsOptions } from './queue.ts'

/** Which message is deleted: what `ReceiveMessage` gave will do, nothing else of it is sent. */
export interface SqsReceipt {
  readonly ReceiptHandle: string
}

const action = 'delete message'

const deletes: Operation<Queue, SqsReceipt, SqsInput<SqsReceipt>, undefined> = {
  limits: awsLimits.sqsDelete,
  target: queueGuards,
  serviceOf: (queue) => {
    const service = queueService<SqsReceipt, undefined>(
      queue,
      {
        action,
        method: 'deleteMessageBatch',
        isIdempotent: true,
        sizeOf: ({ ReceiptHandle }) => {
          nonEmpty(action, 'ReceiptHandle', ReceiptHandle)
          return 0
        },
      },
      () => undefined,
    )
    const handleOf = ({ ReceiptHandle }: SqsReceipt): SqsReceipt => ({ ReceiptHandle })
    return { ...service, inputOf: (items) => service.inputOf(items.map(handleOf)) }
  },
}

/**
 * Messages of a queue of SQS that are done, ten in one `DeleteMessageBatch`. A call resolves once the
 * message is deleted.
 *
 * - **`Failed` entries** that are the sender's fault reject with an `AwsError`, `JITNEY_AWS_REFUSED`.
 *   The others, and those that the answer does not tell of, are sent again, alone, with backoff, and
 *   reject after the last attempt.
 *
 * @param client one with `send` and the option `command` (`DeleteMessageBatchCommand`), or with a
 * method `deleteMessageBatch`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { sqsDeleteBatcher } from 'jitney/aws'
 *
 * const client = {
 *   deleteMessageBatch: async ({ Entries }: { Entries: { Id: string }[] }) => ({
 *     Successful: Entries.map(({ Id }) => ({ Id })),
 *   }),
 * }
 * const deletes = sqsDeleteBatcher(client, { queueUrl: 'https://sqs.example/1/queue' })
 * await deletes.process({ ReceiptHandle: 'AQEB…' }) // => undefined
 * ```
 */
export function sqsDeleteBatcher(
  client: AwsClient<'deleteMessageBatch', SqsInput<SqsReceipt>>,
  options: SqsOptions<SqsReceipt>,
): Batcher<SqsReceipt, undefined> {
  return targetBatcher('sqsDeleteBatcher', deletes, client, options)
}
