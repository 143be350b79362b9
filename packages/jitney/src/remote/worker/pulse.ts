import { pause } from '../backoff.ts'
import { inTime } from '../in-time.ts'
import type { TransportWorker } from '../transport.ts'
import type { HeldItems } from './held-items.ts'
import type { WorkerSettings } from './options.ts'
import type { Counts } from './stats.ts'

/** Says each third of a lease that the worker lives, and hears what it lost. */
export class Pulse {
  readonly #link: TransportWorker
  readonly #settings: WorkerSettings
  readonly #held: HeldItems
  readonly #counts: Counts
  #heardAt: number

  constructor(link: TransportWorker, settings: WorkerSettings, held: HeldItems, counts: Counts) {
    this.#link = link
    this.#settings = settings
    this.#held = held
    this.#counts = counts
    this.#heardAt = settings.clock.now()
  }

  async goOn(signal: AbortSignal): Promise<void> {
    const { clock, lease } = this.#settings
    while (!signal.aborted) {
      await this.beat()
      await pause(clock, lease / 3, signal)
    }
  }

  /** Whether this process stood still, so that others may have its items. */
  get isLate(): boolean {
    return this.#settings.clock.now() - this.#heardAt > this.#settings.lease
  }

  /** Never rejects. */
  async beat(): Promise<void> {
    const { clock, lease, onError } = this.#settings
    const now = clock.now()
    try {
      const lost = await inTime(clock, lease / 3, this.#link.heartbeat(this.#held.tokens))
      this.#heardAt = now
      for (const token of lost) if (this.#held.lose(token)) this.#counts.lost += 1
    } catch (error) {
      onError(error)
    }
  }
}
