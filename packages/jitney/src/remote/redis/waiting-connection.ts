import { onAbort } from '../../platform/on-abort.ts'
import type { WaitOptions } from '../transport.ts'
import { textOf } from './answers.ts'
import type { Connection, RedisArgument } from './redis-client.ts'

/** How much later than it should an answer may come before the connection is given up. */
const grace = 5000

/** A connection of its own for calls that wait on the server, made when it is needed. */
export class WaitingConnection {
  readonly #given: Connection
  readonly #main: Pick<Connection, 'send'>
  #own: Own | undefined
  #isClosed = false

  /** @param main for what cannot wait. */
  constructor(given: Connection, main: Pick<Connection, 'send'>) {
    this.#given = given
    this.#main = main
  }

  /**
   * What a stream has after an entry, as the server tells it; `undefined` if there was nothing in that
   * time, or the signal aborted.
   */
  async read(stream: string, after: string, { wait, signal }: WaitOptions): Promise<unknown> {
    if (this.#isClosed || signal.aborted) return undefined
    const own = (this.#own ??= this.#open())
    // 0 would wait for ever.
    const block = String(Math.max(1, Math.ceil(wait)))
    const options = ['COUNT', '100', 'BLOCK', block]
    const command: readonly RedisArgument[] = ['XREAD', ...options, 'STREAMS', stream, after]
    let timer: ReturnType<typeof setTimeout> | undefined
    let unlisten = (): void => {}
    try {
      return await new Promise((resolve, reject) => {
        own.id.then(() => own.connection.send(command)).then(resolve, reject)
        // A connection that was cut without a word never answers.
        timer = setTimeout(() => {
          reject(new Error(`No answer from Redis within ${wait + grace} ms`))
        }, wait + grace)
        unlisten = onAbort(signal, () => {
          resolve(undefined)
          // Ends the call on the server; where that is not allowed, it ends by its own time.
          own.id.then((id) => this.#main.send(['CLIENT', 'UNBLOCK', id])).catch(() => {})
        })
      })
    } catch (error) {
      if (this.#isClosed) return undefined
      this.#drop(own)
      throw error
    } finally {
      clearTimeout(timer)
      unlisten()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#drop(this.#own)
  }

  #open(): Own {
    const connection = this.#given.duplicate()
    const id = connection.send(['CLIENT', 'ID']).then(textOf)
    // Heard of by whoever reads.
    id.catch(() => {})
    return { connection, id }
  }

  #drop(own: Own | undefined): void {
    if (own === undefined || this.#own !== own) return
    this.#own = undefined
    own.connection.close()
  }
}

interface Own {
  readonly connection: Connection
  /** What the server calls it. */
  readonly id: Promise<string>
}
