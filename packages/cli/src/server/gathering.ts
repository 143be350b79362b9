/** Longest that arrivals are held back while ever more connections come, in milliseconds. */
const longest = 500

/**
 * Holds arrivals back until what is there has been read, and hands them over in one go.
 *
 * To the event loop each request is a turn of its own, so the first would leave alone. And it
 * accepts one connection a turn: of a crowd that came at once, most still wait at the door when
 * the first are served.
 *
 * Guarantees:
 * - what was read in one turn of the event loop is handed over together, at the end of it;
 * - a turn that accepted a connection is followed by another one, unless `mostHeld` have gathered;
 * - so a lone arrival waits for a turn or two that have nothing else to do.
 */
export class Gathering {
  readonly #accepted: () => number
  readonly #mostHeld: () => number
  #held: (() => void)[] = []
  #since = 0
  #acceptedBefore = 0

  /** @param accepted counts connections. */
  constructor(accepted: () => number, mostHeld: () => number) {
    this.#accepted = accepted
    this.#mostHeld = mostHeld
  }

  /** Calls back, without throwing, when it is time. */
  add(handOver: () => void): void {
    if (this.#held.length === 0) {
      this.#since = performance.now()
      setImmediate(this.#endTurn)
    }
    this.#held.push(handOver)
  }

  readonly #endTurn = (): void => {
    if (this.#isMoreComing()) {
      setImmediate(this.#endTurn)
      return
    }
    const held = this.#held
    this.#held = []
    for (const handOver of held) handOver()
  }

  #isMoreComing(): boolean {
    const accepted = this.#accepted()
    const isMore = accepted !== this.#acceptedBefore
    this.#acceptedBefore = accepted
    return (
      isMore && this.#held.length < this.#mostHeld() && performance.now() - this.#since < longest
    )
  }
}
