import { createClient } from '@redis/client'
import type { Transport } from 'jitney/remote'
import { redisTransport } from 'jitney/redis'
import { StartError } from '../errors.ts'

/** A transport, and what ends the connection that was opened for it. */
export interface OpenTransport {
  readonly transport: Transport
  readonly close: () => void
}

/** Opens the transport that the environment names: credentials do not belong on a command line. */
export async function openTransport(): Promise<OpenTransport> {
  const { JITNEY_REDIS_URL: url = '' } = process.env
  if (url === '') {
    throw new StartError(
      'Cannot reach the queue: expected a URL in the environment variable JITNEY_REDIS_URL, ' +
        'as redis://127.0.0.1:6379, received nothing',
    )
  }
  if (!/^rediss?:\/\//.test(url)) {
    // The value may hold a password.
    throw new StartError(
      'Cannot reach the queue: expected JITNEY_REDIS_URL to begin with redis: or rediss:',
    )
  }
  const client = createClient({ url, socket: { connectTimeout: 5000 } })
  // What went wrong rejects the calls; the client connects again by itself.
  client.on('error', () => {})
  const failed = new Promise<never>((_resolve, reject) => client.once('error', reject))
  try {
    await Promise.race([client.connect(), failed])
  } catch (error) {
    client.destroy()
    const { host } = new URL(url)
    throw new StartError(`Cannot reach Redis at ${host}: ${(error as Error).message}`)
  }
  failed.catch(() => {})
  return {
    transport: redisTransport(client),
    close: () => client.destroy(),
  }
}
