import type { Batcher } from '../../batcher/constructor.ts'
import type { AwsClient } from '../client.ts'
import { nonEmpty } from '../options.ts'
import { awsLimits } from '../limits.ts'
import { type Operation, targetBatcher } from '../target-batcher.ts'
import { type Queue, queueGuards, queueService, type SqsInput, type SqsOptions } from './queue.ts'

/** Which message is deleted: what `ReceiveMessage` gave, of which nothing else is sent. */
export interface SqsReceipt {
  /** Has to be there, though the clients' types do not say that it is. */
  readonly ReceiptHandle?: string | undefined
}

/** The message that an entry of `DeleteMessageBatch` names. */
export interface SqsHandle {
  /** What `ReceiveMessage` gave with the message. */
  readonly ReceiptHandle: string
}

const action = 'delete message'

const deletes: Operation<Queue, SqsReceipt, SqsInput<SqsHandle>, undefined> = {
  limits: awsLimits.sqsDelete,
  target: queueGuards,
  serviceOf: (queue) =>
    queueService<SqsReceipt, SqsHandle, undefined>(
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
      ({ ReceiptHandle }) => ({ ReceiptHandle: ReceiptHandle! }),
      () => undefined,
    ),
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
  client: AwsClient<'deleteMessageBatch', SqsInput<SqsHandle>>,
  options: SqsOptions<SqsReceipt, SqsHandle>,
): Batcher<SqsReceipt, undefined> {
  return targetBatcher('sqsDeleteBatcher', deletes, client, options)
}
