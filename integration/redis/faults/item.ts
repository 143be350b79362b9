import { setTimeout as sleep } from 'node:timers/promises'

import { createClient } from 'redis'

/** An item of a fault run; its result is twice its number. */
export interface Item {
  readonly client: string
  readonly n: number
  /** `throws`: its batch throws. `kills`: its worker dies. */
  readonly kind: 'plain' | 'throws' | 'kills'
}

export const lease = 1500
export const queue = 'faults'

/** A connection of a user who knows that wires swallow: it is begun again until it stands. */
export async function connectTo(port: number): Promise<Client> {
  for (;;) {
    const client = createClient({
      url: `redis://127.0.0.1:${port}`,
      socket: { connectTimeout: 1000, reconnectStrategy: () => 50 },
      disableOfflineQueue: true,
    })
    client.on('error', () => {})
    const connected = client.connect().then(() => client)
    const found = await Promise.race([connected, sleep(2000, undefined)])
    if (found !== undefined) return found as Client
    connected.catch(() => {})
    client.destroy()
  }
}

type Client = ReturnType<typeof createClient>
