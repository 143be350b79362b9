import type { Socket } from 'node:net'

/** Which streams are open, how many may be, and that they are to end. */
export class Streams {
  readonly #most: number
  readonly #sockets = new Map<Socket, number>()
  #open = 0
  readonly #closing = new AbortController()

  /** @param most how many may be open at once. */
  constructor(most: number) {
    this.#most = most
  }

  get open(): number {
    return this.#open
  }

  /** Aborts when no stream may read on. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Opens one, and gives what ends it; `undefined` if there are as many as may be. */
  enter(socket: Socket): (() => void) | undefined {
    if (this.#open >= this.#most) return undefined
    this.#open += 1
    this.#sockets.set(socket, (this.#sockets.get(socket) ?? 0) + 1)
    return () => {
      this.#open -= 1
      const left = this.#sockets.get(socket)! - 1
      if (left === 0) this.#sockets.delete(socket)
      else this.#sockets.set(socket, left)
    }
  }

  /** Whether a stream is open on a connection. */
  has(socket: Socket): boolean {
    return this.#sockets.has(socket)
  }

  /** What was read is answered, nothing more is read. */
  close(): void {
    this.#closing.abort()
  }
}
