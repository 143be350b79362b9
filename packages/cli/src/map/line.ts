import type { ItemError } from './item-error.ts'

/** One line of the input. */
export interface Line {
  /** Its place in the input, from 0. */
  readonly index: number
  /** The line without its end; empty if it could not be read. */
  readonly text: string
  /** How much of the input it takes, its end included. */
  readonly bytes: number
  /** Why it could not be read. */
  readonly problem: ItemError | undefined
}
