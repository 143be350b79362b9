/** One item's JSON as it came, or why it cannot be read. */
export type Cut = Buffer | CutProblem

export interface CutProblem {
  readonly problem: string
  /** Whether nothing after it can be read either. */
  readonly isLast: boolean
  /** Whether it is the service that ends. */
  readonly isClosing?: boolean
}

/** Cuts a body into items while it arrives. Holds at most one item. */
export interface Cutter {
  push(chunk: Buffer): Iterable<Cut>
  /** The body has ended. */
  end(): Iterable<Cut>
}

export function tooLong(most: number): CutProblem {
  return { problem: `The item is larger than ${most} bytes.`, isLast: false }
}
