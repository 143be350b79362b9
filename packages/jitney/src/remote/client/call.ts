/** One item on its way, and the caller who waits for it. */
export interface Call {
  /** Counts up from 1 for each client; 0 until there is room for it. */
  sequence: number
  readonly body: Uint8Array
  readonly priority: number
  /** How long its caller waits, in milliseconds, and until when. */
  readonly timeout: number
  readonly deadline: number
  /** Settles the caller's promise; `undefined` once that has happened. */
  resolve: ((result: unknown) => void) | undefined
  /** Ends the listening to its caller's signal. */
  forgetSignal: (() => void) | undefined
  /** Whether the queue has said that it has it. */
  accepted: boolean
  /** Whether the queue need not be told that nobody waits: the item was done, or never sent. */
  answered: boolean
  /** Calls of `submit` that have not ended, which may still bring it to the queue. */
  underWay: number
  /** Whether it waits to be submitted, or is being submitted. */
  submitting: boolean
  /** When the queue was last known to remember its id, or may first have heard of it. */
  knownAt: number | undefined
}

export function isWaiting({ resolve }: Call): boolean {
  return resolve !== undefined
}
