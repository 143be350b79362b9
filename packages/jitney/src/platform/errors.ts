import { describe, messageOf } from './describe.ts'

/**
 * The batch function failed for a whole batch: it threw, rejected, or returned what does not fit,
 * and no attempts are left. Each caller gets an object of its own; `cause` is what they share, the
 * failure itself. There is no `cause` when the batch function asked for another attempt too often.
 *
 * Also wraps an item's own error, as `cause`, where several callers would get the same object.
 */
export class BatchError extends Error {
  static {
    BatchError.prototype.name = 'BatchError'
  }

  readonly code = 'JITNEY_BATCH_FAILED'
}

/**
 * `abort()`, or a `close()` past its timeout, settled this caller. `cause` is the reason that was
 * given.
 */
export class BatchAbortedError extends Error {
  static {
    BatchAbortedError.prototype.name = 'BatchAbortedError'
  }

  readonly code = 'JITNEY_BATCH_ABORTED'
  /** Whether the batch function may have acted on the item, in any attempt. */
  readonly started: boolean

  constructor(message: string, started: boolean, options?: ErrorOptions) {
    super(message, options)
    this.started = started
  }
}

/** The batch function took longer than `timeout`; it may have acted on the item, and may still. */
export class BatchTimeoutError extends Error {
  static {
    BatchTimeoutError.prototype.name = 'BatchTimeoutError'
  }

  readonly code = 'JITNEY_BATCH_TIMEOUT'
  /** Whether the batch function may have acted on the item: always. */
  readonly started = true
  /** The timeout that passed, in milliseconds. */
  readonly timeout: number

  constructor(message: string, timeout: number, options?: ErrorOptions) {
    super(message, options)
    this.timeout = timeout
  }
}

/** The batcher takes no more items: it was closed or aborted before this call. */
export class BatcherClosedError extends Error {
  static {
    BatcherClosedError.prototype.name = 'BatcherClosedError'
  }

  readonly code = 'JITNEY_BATCHER_CLOSED'
  /** Whether the batch function may have acted on the item: never. */
  readonly started = false
}

/** As many items wait as `maxQueueSize` allows. */
export class QueueFullError extends Error {
  static {
    QueueFullError.prototype.name = 'QueueFullError'
  }

  readonly code = 'JITNEY_QUEUE_FULL'
  /** The bound that was met, in items. */
  readonly maxQueueSize: number

  constructor(message: string, maxQueueSize: number) {
    super(message)
    this.maxQueueSize = maxQueueSize
  }
}

type Refusal = (action: string, name: string, allowed: string, value: unknown) => Error

/** A value of the wrong shape. */
export const wrongType: Refusal = /* @__PURE__ */ refusal(TypeError, 'JITNEY_WRONG_TYPE')

/** A value of the right shape outside its range. */
export const outOfRange: Refusal = /* @__PURE__ */ refusal(RangeError, 'JITNEY_OUT_OF_RANGE')

/** A misspelt or unknown option. */
export function unknownOption(action: string, name: string, known: readonly string[]): TypeError {
  const message = `Cannot ${action}: unknown option ${describe(name)}, known options are ${known.join(', ')}`
  return coded(new TypeError(message), 'JITNEY_UNKNOWN_OPTION')
}

/** What a batch function returned does not fit the items it was given. */
export function wrongResult(expected: string, received: unknown): TypeError {
  const message = `Cannot take the results: expected ${expected}, received ${describe(received)}`
  // An Error that was returned for the whole batch is worth more than the fact that it was.
  const [why, options] =
    received instanceof Error ? [`: ${messageOf(received)}`, { cause: received }] : ['']
  return coded(new TypeError(message + why, options), 'JITNEY_WRONG_RESULT')
}

function refusal(Kind: new (message: string) => Error, code: string): Refusal {
  return (action, name, allowed, value) =>
    coded(
      new Kind(`Cannot ${action}: '${name}' must be ${allowed}, received ${describe(value)}`),
      code,
    )
}

function coded<Fault extends Error>(error: Fault, code: string): Fault {
  return Object.assign(error, { code })
}
