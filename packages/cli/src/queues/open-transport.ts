import { createClient } from '@redis/client'
import { redisTransport } from 'jitney/redis'
import type { Transport } from 'jitney/remote'
import { sqliteTransport } from 'jitney/sqlite'
import { StartError } from '../errors.ts'

/** A transport, and what ends the connections that were opened for it. */
export interface OpenTransport {
  readonly transport: Transport
  /** Rejects with a `StartError` if nobody answers. Without it, calls connect as they come. */
  readonly reach: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Milliseconds that a connection or an answer may take. */
const patience = 5000

/**
 * Opens the queues in a file, or on the server that the environment names: credentials do not belong
 * on a command line. Throws a `StartError` if neither is named.
 */
export function openTransport(sqlite?: string): OpenTransport {
  return sqlite === undefined ? openRedis() : openFile(sqlite)
}

function openFile(file: string): OpenTransport {
  try {
    const transport = sqliteTransport(file, { binding: sqliteBinding() })
    return { transport, reach: async () => {}, close: () => transport.close() }
  } catch (error) {
    throw new StartError(
      `Cannot open ${file}: expected Node 22.13 or later, or the package libsql where the command runs`,
      { cause: error },
    )
  }
}

/** Node 20 has no SQLite of its own. */
function sqliteBinding(): string | undefined {
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown }
  return getBuiltinModule?.('node:sqlite') === undefined ? 'libsql' : undefined
}

function openRedis(): OpenTransport {
  const url = readUrl()
  // Never connected, if nobody asks for it: the transport makes connections of its own from it.
  const client = clientOf(url)
  // What went wrong rejects the calls.
  client.on('error', () => {})
  return {
    transport: redisTransport(client, { timeout: patience }),
    async reach() {
      const failed = new Promise<never>((_resolve, reject) => client.once('error', reject))
      failed.catch(() => {})
      try {
        await Promise.race([client.connect(), failed])
      } catch (error) {
        client.destroy()
        const { host } = new URL(url)
        throw new StartError(`Cannot reach Redis at ${host}: ${(error as Error).message}`)
      }
    },
    async close() {
      if (client.isOpen) client.destroy()
    },
  }
}

function readUrl(): string {
  const { JITNEY_REDIS_URL: url = '' } = process.env
  if (url === '') {
    throw new StartError(
      'Cannot reach the queue: expected a URL in the environment variable JITNEY_REDIS_URL, ' +
        'as redis://127.0.0.1:6379, or a file of SQLite; received neither',
    )
  }
  return url
}

function clientOf(url: string) {
  try {
    return createClient({ url, socket: { connectTimeout: patience } })
  } catch {
    // The value may hold a password.
    throw new StartError(
      'Cannot reach the queue: expected JITNEY_REDIS_URL to be a URL that begins with redis: or rediss:',
    )
  }
}
