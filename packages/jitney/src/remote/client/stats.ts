/** What a remote batcher does and did: a frozen plain object of counts. */
export interface RemoteBatcherStats {
  /** The queue that it submits to. */
  readonly name: string
  /** `'open'`, `'closing'` after `close()` while callers wait, then `'closed'`. */
  readonly state: 'open' | 'closing' | 'closed'
  /** Items on their way: to the queue, in it, or back. */
  readonly active: number
  /** Those among them that the queue said it has. */
  readonly accepted: number
  /** Callers who wait for room (`overflow: 'wait'`). */
  readonly waiting: number
  /** Callers who got a result. */
  readonly fulfilled: number
  /** Callers who got an error. */
  readonly rejected: number
  /** Callers who left by their own signal. */
  readonly aborted: number
  /** Calls that met the bound or a closed batcher. */
  readonly refused: number
}
