/** One request that came to its end, as the access log tells of it: nothing of what was in it. */
export interface AccessEntry {
  readonly requestId: string
  readonly method: string
  /** The path that answers it; `undefined` if there is none, since anything may stand in a path. */
  readonly route: string | undefined
  /** 499 if the client went before its answer. */
  readonly status: number
  /** Milliseconds from its head to the last byte of its answer. */
  readonly duration: number
  /** Bytes of its body that arrived. */
  readonly bytesIn: number
  /** Bytes of the answer's body. */
  readonly bytesOut: number
  /** Whether the client took the whole answer. */
  readonly complete: boolean
}
