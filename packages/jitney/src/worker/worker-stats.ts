/** What the workers did so far, and what they do now: counts. */
export interface WorkerStats {
  /** Threads or processes that there may be. */
  readonly size: number
  /** Those that are there. */
  readonly alive: number
  /** Those that work on a batch. */
  readonly running: number
  /** Batches that wait for a worker. */
  readonly waiting: number
  /** Batches that were answered. */
  readonly batches: number
  /** Items of those. */
  readonly items: number
  /** Batches that were lost with their worker. */
  readonly lostBatches: number
  /** Workers that were started. */
  readonly starts: number
  /** Workers that ended by themselves, or answered what is no answer. */
  readonly crashes: number
  /** Workers that were ended because they did not stop when they were asked. */
  readonly replaced: number
}
