/** What a service takes in one request. */
export interface AwsLimits {
  /** Most items in a request. */
  readonly items: number
  /** Most bytes of all items of a request together. */
  readonly requestBytes: number
  /** Most bytes of one item. */
  readonly itemBytes: number
}

const MiB = 1_048_576

/**
 * What the services take, as of November 2026, by the service models of botocore 1.43.107. The option
 * `limits` of each batcher overrides any of them.
 *
 * @example
 * ```ts
 * import { awsLimits } from 'jitney/aws'
 *
 * awsLimits.dynamoDbWrite.items // => 25
 * ```
 */
export const awsLimits: Readonly<
  Record<
    | 'dynamoDbGet'
    | 'dynamoDbWrite'
    | 'sqsSend'
    | 'sqsDelete'
    | 'sqsVisibility'
    | 'sns'
    | 'kinesis'
    | 'firehose'
    | 'eventBridge'
    | 'cloudWatchLogs',
    AwsLimits
  >
> = /* @__PURE__ */ Object.freeze({
  // An answer has at most 16 MB; what does not fit comes back as unprocessed.
  dynamoDbGet: { items: 100, requestBytes: Infinity, itemBytes: Infinity },
  dynamoDbWrite: { items: 25, requestBytes: 16 * MiB, itemBytes: 400 * 1024 },
  sqsSend: { items: 10, requestBytes: MiB, itemBytes: MiB },
  sqsDelete: { items: 10, requestBytes: Infinity, itemBytes: Infinity },
  sqsVisibility: { items: 10, requestBytes: Infinity, itemBytes: Infinity },
  // A topic's `MaximumMessageSize` may allow up to 1 MiB.
  sns: { items: 10, requestBytes: 256 * 1024, itemBytes: 256 * 1024 },
  kinesis: { items: 500, requestBytes: 10 * MiB, itemBytes: 10 * MiB },
  firehose: { items: 500, requestBytes: 4 * MiB, itemBytes: 1000 * 1024 },
  // Less than 1 MB.
  eventBridge: { items: 10, requestBytes: MiB - 1, itemBytes: MiB - 1 },
  // 26 bytes for each event count too.
  cloudWatchLogs: { items: 10_000, requestBytes: MiB, itemBytes: MiB },
})
