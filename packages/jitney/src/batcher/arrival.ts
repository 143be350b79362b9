/** A turn in which items came: they share it, so that time is read once per turn and not per item. */
export interface Arrival {
  /** When the turn began, in milliseconds on the batcher's clock. */
  readonly time: number
  /** Turns of one batcher are numbered, so that `flush` can tell what was there before it. */
  readonly turn: number
}
