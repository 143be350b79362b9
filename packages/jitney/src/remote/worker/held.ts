import type { Claim } from '../transport.ts'
import type { EnvelopeHeader } from '../wire/envelope.ts'

/** An item that this worker holds. */
export interface Held {
  readonly claim: Claim
  /** There once it is decoded. */
  content?: { readonly item: unknown; readonly header: EnvelopeHeader }
  /** When nobody waits for it any more. */
  readonly deadline: number
  /** Whether other workers were lost with it. */
  readonly isApart: boolean
  /** Whether the batch function may have seen it. */
  started: boolean
  /** Whether it is somebody else's by now. */
  isGone: boolean
}

/** What became of an item in a batch. */
export type Ending =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown }
  /** The batch function asked for another attempt, after so many milliseconds at least. */
  | { readonly kind: 'retry'; readonly after: number }
  /** Nobody waits for it any more. */
  | { readonly kind: 'late' }
  /** It is not ours: nothing is to be said. */
  | { readonly kind: 'gone' }
