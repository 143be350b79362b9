import type { Transport } from '../../remote/transport.ts'

/** What the suite has to know of a transport. */
export interface TransportSubject {
  /** Starts a new and empty transport with these bounds, one for each case. */
  readonly start: (bounds: TransportBounds) => TransportRun | Promise<TransportRun>
  /**
   * The lease of the workers of the suite, in milliseconds: on a clock that stands still any number,
   * on one that runs so much that no call takes a third of it.
   */
  readonly lease: number
}

/** What a case needs of the transport's options. */
export interface TransportBounds {
  /** Most items that a queue takes. */
  readonly maxItems: number
  /** Most bytes of replies that one client has not settled. */
  readonly maxReplyBytes: number
  /** Most dead letters that a queue keeps: the oldest go. */
  readonly maxDeadLetters: number
  /** Milliseconds. */
  readonly retention: number
}

/** One transport under test, and what ends what was started for it. */
export interface TransportRun {
  /** New and empty. */
  readonly transport: Transport
  /** Lets so many milliseconds pass, on the clock of the transport. */
  advance(duration: number): Promise<void>
  /** Called after each case, whatever came of it. */
  end(): void | Promise<void>
}
