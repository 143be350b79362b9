import type { Batcher } from '../../batcher/constructor.ts'
import { refusal } from '../../platform/errors.ts'
import type { AwsClient } from '../client.ts'
import { awsLimits } from '../limits.ts'
import { nonEmpty } from '../options.ts'
import { type Operation, targetBatcher } from '../target-batcher.ts'
import { type Queue, queueGuards, queueService, type SqsInput, type SqsOptions } from './queue.ts'

/** Which message becomes visible again when. */
export interface SqsVisibility {
  /** What `ReceiveMessage` gave with the message. */
  readonly ReceiptHandle: string
  /** Seconds from now: an integer from 0 to 43,200. */
  readonly VisibilityTimeout: number
}

const action = 'change visibility'
const longest = 43_200

const changes: Operation<Queue, SqsVisibility, SqsInput<SqsVisibility>, undefined> = {
  limits: awsLimits.sqsVisibility,
  target: queueGuards,
  serviceOf: (queue) =>
    queueService<SqsVisibility, SqsVisibility, undefined>(
      queue,
      {
        action,
        method: 'changeMessageVisibilityBatch',
        isIdempotent: true,
        sizeOf: ({ ReceiptHandle, VisibilityTimeout: seconds }) => {
          nonEmpty(action, 'ReceiptHandle', ReceiptHandle)
          if (Number.isInteger(seconds) && seconds >= 0 && seconds <= longest) return 0
          const allowed = `an integer from 0 to ${longest}`
          throw refusal(action, 'VisibilityTimeout', allowed, seconds, 'JITNEY_OUT_OF_RANGE')
        },
        // The last change is what stays.
        orderOf: ({ ReceiptHandle }) => ReceiptHandle,
      },
      ({ ReceiptHandle, VisibilityTimeout }) => ({ ReceiptHandle, VisibilityTimeout }),
      () => undefined,
    ),
}

/**
 * Changes of visibility in a queue of SQS, ten in one `ChangeMessageVisibilityBatch`: heartbeats of
 * messages that take long, or 0 for those that others may have. What holds for `sqsDeleteBatcher` holds
 * here. Changes of one message go in successive requests, in the order in which they came.
 *
 * @param client one with `send` and the option `command` (`ChangeMessageVisibilityBatchCommand`), or
 * with a method `changeMessageVisibilityBatch`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { sqsVisibilityBatcher } from 'jitney/aws'
 *
 * const client = {
 *   changeMessageVisibilityBatch: async ({ Entries }: { Entries: { Id: string }[] }) => ({
 *     Successful: Entries.map(({ Id }) => ({ Id })),
 *   }),
 * }
 * const changes = sqsVisibilityBatcher(client, { queueUrl: 'https://sqs.example/1/queue' })
 * await changes.process({ ReceiptHandle: 'AQEB…', VisibilityTimeout: 30 }) // => undefined
 * ```
 */
export function sqsVisibilityBatcher(
  client: AwsClient<'changeMessageVisibilityBatch', SqsInput<SqsVisibility>>,
  options: SqsOptions<SqsVisibility>,
): Batcher<SqsVisibility, undefined> {
  return targetBatcher('sqsVisibilityBatcher', changes, client, options)
}
