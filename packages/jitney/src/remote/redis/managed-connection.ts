import type { Connection, RedisArgument } from './redis-client.ts'

/**
 * A connection of our own, made when it is needed and made anew after one that said nothing for too
 * long: it may have been cut without a word, which the client would not notice.
 */
export class ManagedConnection {
  readonly #given: Connection
  readonly #timeout: number
  #own: Connection | undefined
  #users = 0

  constructor(given: Connection, timeout: number) {
    this.#given = given
    this.#timeout = timeout
  }

  /** Somebody uses it until `leave`: the last who leaves closes it. */
  join(): void {
    this.#users += 1
  }

  leave(): void {
    this.#users -= 1
    if (this.#users === 0) this.#drop(this.#own)
  }

  /** Rejects if the answer takes longer than it may. */
  async send(args: readonly RedisArgument[]): Promise<unknown> {
    const own = (this.#own ??= this.#given.duplicate())
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      return await Promise.race([
        own.send(args),
        new Promise<never>((_resolve, reject) => {
          timer = setTimeout(() => {
            this.#drop(own)
            reject(new Error(`No answer from Redis within ${this.#timeout} ms`))
          }, this.#timeout)
        }),
      ])
    } finally {
      clearTimeout(timer)
    }
  }

  #drop(own: Connection | undefined): void {
    if (own === undefined || this.#own !== own) return
    this.#own = undefined
    own.close()
  }
}
