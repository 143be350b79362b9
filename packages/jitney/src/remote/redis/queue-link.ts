import { describe } from '../../platform/describe.ts'
import type { Connection, RedisArgument } from './redis-client.ts'
import { Keys } from './keys.ts'
import { run, type Script } from './script.ts'
import type { RedisSettings } from './redis-transport.ts'

/** What the sides of a queue share: its keys, the connection and what was set. */
export class QueueLink {
  readonly keys: Keys
  readonly connection: Connection
  readonly settings: RedisSettings
  readonly #ready: () => Promise<void>

  constructor(
    queue: string,
    connection: Connection,
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
    this.settings = settings
    this.#ready = ready
  }

  /** Runs a script, with the keys of clients behind those of the queue. Rejects when the time is over. */
  async run(
    script: Script,
    clients: readonly string[],
    args: readonly (RedisArgument | number)[],
  ): Promise<unknown> {
    await this.#ready()
    const keys = [...this.keys.fixed, ...clients.flatMap((client) => this.keys.of(client))]
    return within(this.settings.timeout, run(this.connection, script, keys, args))
  }
}

/** Rejects if an answer takes longer: a connection that was cut without a word never answers. */
async function within<Answer>(timeout: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    return await Promise.race([
      answer,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`No answer from Redis within ${timeout} ms`))
        }, timeout)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}
