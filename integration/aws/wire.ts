/** The line between client and emulator, which can be cut. */
import { once } from 'node:events'
import { createServer, connect, type Socket } from 'node:net'

export interface Wire {
  readonly url: string
  /** Nothing gets through any more, and nobody answers. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** Forwards to the port; a request that has the word in it gets no answer. */
export async function startWire(to: number, silencedBy: string): Promise<Wire> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    let head = ''
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    far.pipe(near)
    near.on('data', (bytes: Buffer) => {
      head = (head + bytes.toString('latin1')).slice(-100_000)
      if (!head.includes(silencedBy)) far.write(bytes)
    })
  })
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as { port: number }).port
  }
  const port = await listen(0)
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    start: async () => {
      await listen(port)
    },
  }
}
