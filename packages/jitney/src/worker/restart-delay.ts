/** How long to wait before a lost worker is replaced. */
export interface Restart {
  /**
   * Most milliseconds before the second replacement in a row, at least 0; doubled for each that
   * follows. The first comes at once.
   * @default 100
   */
  readonly minDelay?: number | undefined
  /**
   * Most milliseconds before any replacement, at least 0.
   * @default 10_000
   */
  readonly maxDelay?: number | undefined
}

/**
 * Milliseconds before the next start, with full jitter.
 *
 * @param losses how many workers in a row were lost without an answer.
 */
export function restartDelay(losses: number, { minDelay, maxDelay }: Required<Restart>): number {
  if (losses < 2) return 0
  // Zero times infinity is no number.
  return Math.random() * Math.min(maxDelay as number, (minDelay as number) * 2 ** (losses - 2)) || 0
}
