import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const produce = 0

/** What becomes of the answer to a request to store messages: a code of Kafka's, or no answer at all. */
export type Fault = number | 'cut'

/** Between a client and a broker: the mock cluster never fails by itself. */
export interface FaultLayer extends AsyncDisposable {
  /** For `new Kafka({ socketFactory })`, since the client learns the broker's own port from it. */
  readonly socketFactory: (arguments_: { onConnect: () => void }) => Socket
  /** What the next answers say of their first partition, in turn; the messages are stored all the same. */
  readonly faults: Fault[]
  /** Requests to store messages so far. */
  readonly requests: () => number
}

export async function startFaultLayer(broker: string): Promise<FaultLayer> {
  const [host = '', port = ''] = broker.split(':')
  const faults: Fault[] = []
  const sockets = new Set<Socket>()
  let requests = 0
  const server = createServer((client) => {
    const upstream = connect(Number(port), host)
    const stored = new Set<number>()
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    eachFrame(client, (frame) => {
      if (frame.readInt16BE(4) === produce) {
        requests += 1
        stored.add(frame.readInt32BE(8))
      }
      upstream.write(frame)
    })
    eachFrame(upstream, (frame) => {
      const fault = stored.delete(frame.readInt32BE(4)) ? faults.shift() : undefined
      if (fault === 'cut') client.destroy()
      else client.write(fault === undefined ? frame : withCode(frame, fault))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  return {
    faults,
    requests: () => requests,
    socketFactory: ({ onConnect }) => connect(own, '127.0.0.1', onConnect),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Frames of Kafka's protocol, each with its length before it. */
function eachFrame(socket: Socket, take: (frame: Buffer) => void): void {
  let received: Buffer = Buffer.alloc(0)
  socket.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data])
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const length = 4 + received.readInt32BE(0)
      take(Buffer.from(received.subarray(0, length)))
      received = received.subarray(length)
    }
  })
}

/** An answer as it begins: length, request, topics, the first one's name, partitions, the first one, its code. */
function withCode(frame: Buffer, code: number): Buffer {
  const name = frame.readInt16BE(12)
  frame.writeInt16BE(code, 14 + name + 4 + 4)
  return frame
}
