import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire to a server that can be cut. */
export interface Proxy {
  readonly port: number
  /**
   * Cuts the next statement's connection: before it reaches the server, or after the server has
   * answered and before the client hears of it. Resolves when it has.
   */
  cut(when: 'before' | 'after'): Promise<void>
  end(): void
}

/** @param statement what a statement that is cut has in it. */
export async function startProxy(target: number, statement: string): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let armed: { when: 'before' | 'after'; done: () => void } | undefined
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    const both = [client, upstream]
    const end = (): void => both.forEach((socket) => socket.destroy())
    // Pools greet and ping on connections of theirs: only a statement counts, and what answers it.
    let hasAsked = false
    const pass = (when: 'before' | 'after', to: Socket) => (bytes: Buffer) => {
      if (armed === undefined) hasAsked = false
      else if (when === 'before') hasAsked ||= bytes.includes(statement)
      if (armed?.when !== when || !hasAsked) return void to.write(bytes)
      armed.done()
      armed = undefined
      end()
    }
    client.on('data', pass('before', upstream))
    upstream.on('data', pass('after', client))
    for (const socket of both) sockets.add(socket.on('error', end).on('close', end))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    cut: (when) =>
      new Promise((done) => {
        armed = { when, done }
      }),
    end: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
