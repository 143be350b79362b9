import type { Clock } from '../../platform/clock.ts'
import { backOff } from '../backoff.ts'
import type { Reply, TransportClient } from '../transport.ts'

/** How long one call waits for replies, in milliseconds. */
const wait = 10_000

/** Fetches replies, as long as somebody waits for one. */
export class ReplyListener {
  readonly #client: TransportClient
  readonly #clock: Clock
  readonly #hear: (replies: readonly Reply[]) => void
  readonly #onSilence: (duration: number) => void
  #stop: AbortController | undefined
  #ended: Promise<void> = Promise.resolve()

  /** @param onSilence the queue could not be reached for so many milliseconds. */
  constructor(
    client: TransportClient,
    clock: Clock,
    hear: (replies: readonly Reply[]) => void,
    onSilence: (duration: number) => void,
  ) {
    this.#client = client
    this.#clock = clock
    this.#hear = hear
    this.#onSilence = onSilence
  }

  get isListening(): boolean {
    return this.#stop !== undefined
  }

  start(): void {
    const stop = new AbortController()
    this.#stop = stop
    // One at a time: a call that was aborted has to end first.
    this.#ended = this.#ended.then(() => this.#listen(stop.signal))
  }

  stop(): void {
    this.#stop?.abort()
    this.#stop = undefined
  }

  async #listen(signal: AbortSignal): Promise<void> {
    let heardAt = this.#clock.now()
    for (let failures = 0; !signal.aborted;) {
      try {
        const replies = await this.#client.replies({ wait, signal })
        failures = 0
        heardAt = this.#clock.now()
        // Also when it was stopped meanwhile: whoever started anew may wait for these.
        this.#hear(replies)
      } catch {
        failures += 1
        this.#onSilence(this.#clock.now() - heardAt)
        await backOff(this.#clock, failures, signal)
      }
    }
  }
}
