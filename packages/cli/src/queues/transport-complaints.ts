import { messageOf } from './message-of.ts'

/** Milliseconds after which the same complaint is news again. */
const staleAfter = 60_000

/**
 * Tells of calls to the queue that failed, which are all made again: each message once, and once more
 * every minute that it lasts, since a server that is away fails many calls a second.
 */
export class TransportComplaints {
  readonly #write: (text: string) => void
  readonly #now: () => number
  readonly #toldAt = new Map<string, number>()

  constructor(write: (text: string) => void, now: () => number = () => performance.now()) {
    this.#write = write
    this.#now = now
  }

  report(error: unknown): void {
    const message = messageOf(error)
    const now = this.#now()
    for (const [text, at] of this.#toldAt) if (at <= now - staleAfter) this.#toldAt.delete(text)
    if (this.#toldAt.has(message)) return
    this.#toldAt.set(message, now)
    this.#write(`Cannot reach the queue, trying again: ${message}`)
  }
}
