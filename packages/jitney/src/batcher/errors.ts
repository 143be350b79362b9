/**
 * The batch function failed for a whole batch: it threw, rejected, or returned what does not fit,
 * and no attempts are left. Each caller gets an object of its own; `cause` is what they share, the
 * failure itself. There is no `cause` when the batch function asked for another attempt too often.
 *
 * Also wraps an item's own error, as `cause`, where another caller has that object already.
 */
export class BatchError extends Error {
  static {
    this.prototype.name = 'BatchError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_BATCH_FAILED'
}

/**
 * `abort()`, or a `close()` past its timeout, settled this caller. `cause` is the reason that was
 * given.
 */
export class BatchAbortedError extends Error {
  static {
    this.prototype.name = 'BatchAbortedError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_BATCH_ABORTED'
  /** Whether the batch function may have acted on the item, in any attempt. */
  declare readonly started: boolean
}

/** The batch function took longer than `timeout`; it may have acted on the item, and may still. */
export class BatchTimeoutError extends Error {
  static {
    this.prototype.name = 'BatchTimeoutError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_BATCH_TIMEOUT'
  /** Whether the batch function may have acted on the item: always. */
  readonly started = true
  /** The timeout that passed, in milliseconds. */
  declare readonly timeout: number
}

/** The batcher takes no more items: it was closed or aborted before this call. */
export class BatcherClosedError extends Error {
  static {
    this.prototype.name = 'BatcherClosedError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_BATCHER_CLOSED'
  /** Whether the batch function may have acted on the item: never. */
  readonly started = false
}

/** As many items wait as `maxQueueSize` allows. */
export class QueueFullError extends Error {
  static {
    this.prototype.name = 'QueueFullError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_QUEUE_FULL'
  /** The bound that was met, in items. */
  declare readonly maxQueueSize: number
}
