/** What one batch took. */
export interface Reading {
  /** Milliseconds. */
  readonly duration: number
  /** Items of it that failed, while others did not. */
  readonly failed: number
}

/** What is measured: a batch function, or a server. */
export interface Probe {
  /** Runs one batch of so many items. Rejects if it fails, or all of its items. */
  run(size: number): Promise<Reading>
  /** Ends what it keeps; calls may stay unsettled. */
  close(): void
}
