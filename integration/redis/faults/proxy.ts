import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire that can be cut, or swallow what goes one way without a word. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** Ends all connections; new ones are taken. */
  cut(): void
  /** From now on what goes there is lost, also on new connections; undefined: nothing is. */
  swallow(direction: 'requests' | 'answers' | undefined): void
}

export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let swallowed: 'requests' | 'answers' | undefined
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay()
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    const hand = (from: Socket, to: Socket, direction: 'requests' | 'answers'): void => {
      // What was swallowed leaves a gap that nobody could read past: the rest is swallowed as well.
      let isBroken = false
      from.on('data', (data) => {
        isBroken ||= swallowed === direction
        if (!isBroken) to.write(data)
      })
    }
    hand(client, upstream, 'requests')
    hand(upstream, client, 'answers')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    swallow: (direction) => {
      swallowed = direction
    },
    async [Symbol.asyncDispose]() {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}
