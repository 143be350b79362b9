// A TCP client whose sender and receiver share one connection, to a server that ends it after three
// lines. The group is one scope for both: when the receiver ends, it ends the sender too.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { Channel, taskGroup } from 'jitney'

const server = createServer((connection) => void shout(connection))
await once(server.listen(0, '127.0.0.1'), 'listening')

const { port } = server.address() as AddressInfo
const socket = connect(port, '127.0.0.1')
const answers = new Channel<string>()

async function shout(connection: Socket): Promise<void> {
  let count = 0
  for await (const line of createInterface(connection)) {
    connection.write(`${line.toUpperCase()}\n`)
    if ((count += 1) === 3) break
  }
  connection.end().resume()
}

await taskGroup((group) => {
  const sender = group.spawn(async ({ signal }) => {
    for (let turn = 1; ; turn += 1) {
      socket.write(`line ${turn}\n`)
      console.log(`sent line ${turn}, got ${await answers.receive({ signal })}`)
    }
  })
  group.spawn(async ({ signal }) => {
    for await (const line of createInterface(socket)) await answers.send(line, { signal })
    console.log('the server has ended the connection')
    sender.abort()
  })
})
console.log('both tasks have ended')
server.close()

// Output:
// sent line 1, got LINE 1
// sent line 2, got LINE 2
// sent line 3, got LINE 3
// the server has ended the connection
// both tasks have ended
