import type { MysqlClient } from './client.ts'
import { rowsOf } from './rows-of.ts'

/** For the statement around the rows, and the packet around the statement. */
const reserve = 16_384
const least = 1024

/** How large a statement the server takes: asked for once. */
export class Packet {
  readonly #client: MysqlClient
  #asking: Promise<unknown> | undefined
  #size: number | undefined

  constructor(client: MysqlClient) {
    this.#client = client
  }

  /** Bytes that items may take together, once `prepare` has resolved. */
  get size(): number {
    return this.#size as number
  }

  readonly prepare = async (): Promise<void> => {
    if (this.#size !== undefined) return
    this.#asking ??= this.#client.query('select @@max_allowed_packet as size', [])
    try {
      const [row] = rowsOf(await this.#asking)
      const { size } = Object(row) as { size?: unknown }
      this.#size = Math.max(least, Number(size) - reserve)
    } finally {
      this.#asking = undefined
    }
  }
}
