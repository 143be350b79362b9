import type { Reply } from './reply.ts'

/** A batch on its way to a worker. */
export interface Request {
  readonly items: readonly unknown[]
  readonly key: unknown
  readonly reason: string
}

/** One thread or process, as its pool sees it: it works on one batch at a time. */
export interface Worker {
  /**
   * Resolves to the answer; the worker is as good as before. Rejects with a `WorkerError` when the
   * worker is lost, and with an `UnsendableError` when it never got the batch.
   */
  run(request: Request): Promise<Reply>
  /** Asks for the end of the running batch. */
  ask(): void
  /** Ends the worker, `by` force or by telling it; a running batch rejects. Resolves once it ended. */
  end(by: 'force' | 'word'): Promise<void>
}

/** Starts one. `onLost` is called when it ended while it was idle. */
export type StartWorker = (onLost: () => void) => Worker
