/** What a thread is told when it starts. */
export interface ThreadData {
  readonly module: string
  readonly exportName: string
  /** The name of the `BroadcastChannel` on which batches are aborted. */
  readonly channel: string
  readonly move: boolean
}

/** One batch for a thread. */
export interface ThreadTask {
  readonly id: number
  readonly items: unknown[]
  readonly key: unknown
  readonly reason: string
}
