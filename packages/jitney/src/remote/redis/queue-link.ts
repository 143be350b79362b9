import { describe } from '../../platform/describe.ts'
import type { ManagedConnection } from './managed-connection.ts'
import type { Connection, RedisArgument } from './redis-client.ts'
import { Keys } from './keys.ts'
import { run, type Script } from './script.ts'
import type { RedisSettings } from './redis-transport.ts'

/** What the sides of a queue share: its keys, the connection and what was set. */
export class QueueLink {
  readonly keys: Keys
  readonly connection: ManagedConnection
  /** The user's, of which others are made. */
  readonly given: Connection
  readonly settings: RedisSettings
  readonly #ready: () => Promise<void>
  #isClosed = false

  constructor(
    queue: string,
    connection: ManagedConnection,
    given: Connection,
    settings: RedisSettings,
    ready: () => Promise<void>,
  ) {
    if (!/^[\w.-]+$/.test(queue)) {
      throw new TypeError(
        `Cannot open queue: 'queue' must be letters, digits, '_', '.' and '-', received ${describe(queue)}`,
      )
    }
    this.keys = new Keys(queue)
    this.connection = connection
    this.given = given
    this.settings = settings
    this.#ready = ready
    connection.join()
  }

  /** Nothing is sent any more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.connection.leave()
  }

  /** Runs a script, with the keys of clients behind those of the queue. */
  async run(
    script: Script,
    clients: readonly string[],
    args: readonly (RedisArgument | number)[],
  ): Promise<unknown> {
    await this.#ready()
    const keys = [...this.keys.fixed, ...clients.flatMap((client) => this.keys.of(client))]
    return run(this.connection, script, keys, args)
  }
}
