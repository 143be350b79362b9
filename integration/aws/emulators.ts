import { once } from 'node:events'
import type { Server } from 'node:http'

import dynalite from 'dynalite'
import { startFauxqs, type FauxqsServer } from 'fauxqs'
import kinesalite from 'kinesalite'

export interface Emulator {
  readonly port: number
  stop(): Promise<void>
}

export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** For all clients: what the tests produce must not be cured below them. */
export const settings = { region: 'us-east-1', credentials, maxAttempts: 1 }

export const startDynalite = (): Promise<Emulator> => serve(dynalite({ createTableMs: 0 }))

export const startKinesalite = (): Promise<Emulator> => serve(kinesalite({ createStreamMs: 0 }))

export async function startQueues(): Promise<Emulator & { readonly server: FauxqsServer }> {
  const server = await startFauxqs({ port: 0, logger: false })
  return { server, port: server.port, stop: () => server.stop() }
}

async function serve(server: Server): Promise<Emulator> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    stop: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
