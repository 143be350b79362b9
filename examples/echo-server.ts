// A TCP server with a task per connection. What goes wrong in one is caught and reported there, so
// that one bad client takes nothing else down; when the server stops, all of them stop.
import { on, once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { type StartContext, taskGroup } from 'jitney'

async function serve({ signal, started }: StartContext<number>): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening', { signal })
  started((server.address() as AddressInfo).port)
  const connections = on(server, 'connection', { signal })
  const serving = taskGroup(
    async (group) => {
      let id = 0
      for await (const [socket] of connections) {
        group.spawn((context) => echo((id += 1), socket as Socket, context.signal))
      }
    },
    { signal, retain: false },
  )
  await serving.finally(() => server.close())
}

async function echo(id: number, socket: Socket, signal: AbortSignal): Promise<void> {
  console.log(`connection ${id} began`)
  try {
    for await (const line of createInterface({ input: socket, signal })) {
      if (line === 'crash') throw new Error('it cannot bear that line')
      socket.write(`${line}\n`)
    }
    console.log(`connection ${id} ended`)
  } catch (error) {
    console.log(`connection ${id} failed: ${(error as Error).message}`)
  }
  socket.end().resume()
}

await taskGroup(async (group) => {
  const port = await group.start(serve)
  connect(port, '127.0.0.1').resume()
  for (const lines of ['one\ncrash\ntwo\n', 'three\nfour\n']) {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).end(lines)
    console.log(`sent ${JSON.stringify(lines)}, got ${JSON.stringify(await text(socket))}`)
  }
  group.abort()
})

// Output:
// connection 1 began
// connection 2 began
// connection 2 failed: it cannot bear that line
// sent "one\ncrash\ntwo\n", got "one\n"
// connection 3 began
// connection 3 ended
// sent "three\nfour\n", got "three\nfour\n"
// connection 1 ended
