import type { Reply } from '../transport.ts'

/** A reply, and when it is forgotten. */
interface KeptReply extends Reply {
  /** Counts up: what a link has not seen has a higher one. */
  readonly order: number
  readonly expiry: number
}

/** One for all: a link that has seen some must not miss those of a client that was forgotten since. */
let lastOrder = 0

/** Replies to one client, until it settles them or they are too old. */
export class KeptReplies {
  /** In the order of `order`, and so of `expiry`. */
  readonly #replies: Map<number, KeptReply> = new Map()
  #lastOrder = 0
  /** Of all bodies. */
  bytes: number = 0

  get size(): number {
    return this.#replies.size
  }

  /** @param expiry later than that of any other. */
  add(sequence: number, body: Uint8Array, expiry: number): void {
    this.delete(sequence)
    this.bytes += body.byteLength
    this.#replies.set(sequence, { sequence, body, order: (lastOrder += 1), expiry })
    this.#lastOrder = lastOrder
  }

  /** It is asked for again: it comes once more, and is kept for longer. Says whether it is there. */
  renew(sequence: number, expiry: number): boolean {
    const reply = this.#replies.get(sequence)
    if (reply !== undefined) this.add(sequence, reply.body, expiry)
    return reply !== undefined
  }

  delete(sequence: number): void {
    this.bytes -= this.#replies.get(sequence)?.body.byteLength ?? 0
    this.#replies.delete(sequence)
  }

  expire(now: number): void {
    for (const { sequence, expiry } of this.#replies.values()) {
      if (expiry > now) return
      this.delete(sequence)
    }
  }

  /** What came after the one of this order. */
  since(order: number): readonly KeptReply[] {
    if (order >= this.#lastOrder) return []
    return [...this.#replies.values()].filter((reply) => reply.order > order)
  }
}
