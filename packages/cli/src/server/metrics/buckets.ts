// Upper bounds of histograms. Sizes by powers of two; times in seconds, as Prometheus wants them,
// in steps of about two from half a millisecond to half a minute.

/** Items in a batch. */
export const sizeBuckets: readonly number[] = [
  1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096,
]

/** Seconds. */
export const timeBuckets: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
]
