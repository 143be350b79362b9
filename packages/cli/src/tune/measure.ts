import type { Clock } from 'jitney'
import type { Probe } from './probe.ts'

/** One batch that ran while all slots were taken. */
interface BatchTime {
  /** Milliseconds in which it ran. */
  readonly duration: number
  /** Milliseconds in which it held its slot: also while another one kept the thread from it. */
  readonly held: number
}

export interface Measured {
  readonly batches: readonly BatchTime[]
  readonly failures: readonly unknown[]
  readonly failedItems: number
}

export interface MeasureOptions {
  readonly probe: Probe
  readonly clock: Pick<Clock, 'now'>
  /** Begins no more batches; those that run are not waited for. */
  readonly signal: AbortSignal
  readonly size: number
  readonly concurrency: number
  /** Batches of each slot that count. */
  readonly perSlot: number
}

/**
 * Runs batches in so many slots, each of which begins the next one when one ends.
 *
 * The first batch of a slot does not count: connections are made, code is compiled, and a server
 * that takes fewer at once has no line yet. Nor do those that end after a slot has become idle.
 */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { probe, clock, signal, size, concurrency, perSlot } = options
  const batches: BatchTime[] = []
  const failures: unknown[] = []
  let failedItems = 0
  let left = concurrency * (perSlot + 2) - 1
  let ended = 0
  let isFull = true
  const slot = async (): Promise<void> => {
    while (left > 0 && !signal.aborted) {
      left -= 1
      const start = clock.now()
      try {
        const { duration, failed } = await probe.run(size)
        failedItems += failed
        ended += 1
        if (ended > concurrency && isFull) batches.push({ duration, held: clock.now() - start })
      } catch (error) {
        failures.push(error)
      }
    }
    isFull = false
  }
  await Promise.all(Array.from({ length: concurrency }, slot))
  return { batches, failures, failedItems }
}
