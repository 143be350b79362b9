/** What a command is made of. */
export type RedisArgument = string | Uint8Array

/** The methods of node-redis that are called. */
export interface NodeRedisClient {
  /** Runs a command, given as a list of its words. */
  sendCommand(args: never, options?: never): Promise<unknown>
  /** Another client with the same settings, not connected. */
  duplicate(): NodeRedisClient
  /** Connects, and resolves when that is done. */
  connect(): Promise<unknown>
  /** Closes the connection at once. */
  destroy(): unknown
}

/** The methods of ioredis and iovalkey that are called. */
export interface IoredisClient {
  /** Runs a command whose answer comes as bytes. */
  callBuffer(command: string, args: never): Promise<unknown>
  /** Another client with the same settings. */
  duplicate(): IoredisClient
  /** Closes the connection at once. */
  disconnect(): unknown
}

/** A client of Redis or Valkey, connected: node-redis from 5 on, ioredis or iovalkey. */
export type RedisClient = NodeRedisClient | IoredisClient

/** A connection as the transport uses it: what is no number or list comes as bytes. */
export interface Connection {
  send(args: readonly RedisArgument[]): Promise<unknown>
  /** Another connection to the same server, for calls that wait there. What is sent waits for it. */
  duplicate(): Connection
  /** At once, whatever is under way. Only for duplicates. */
  close(): void
}

/**
 * How node-redis is told to give bytes: for strings of all kinds, by the codes of the protocol. Whoever
 * sends has a time limit; one of node-redis would be an AbortSignal per command, each kept for seconds.
 */
const asBytes = { typeMapping: { 36: Buffer, 43: Buffer, 61: Buffer }, timeout: 0 }

export function connectionOf(client: RedisClient): Connection {
  return 'callBuffer' in client ? ofIoredis(client) : ofNodeRedis(client)
}

function ofIoredis(client: IoredisClient): Connection {
  return {
    send: ([command = '', ...args]) =>
      client.callBuffer(String(command), args.map(buffered) as never),
    duplicate: () => ofIoredis(client.duplicate()),
    close: () => {
      client.disconnect()
    },
  }
}

function ofNodeRedis(client: NodeRedisClient, connected?: Promise<unknown>): Connection {
  return {
    async send(args) {
      await connected
      return client.sendCommand(args.map(buffered) as never, asBytes as never)
    },
    duplicate() {
      const own = client.duplicate()
      // Its errors reject the commands; without a listener they would end the process.
      ;(own as unknown as { on?: (event: string, listener: () => void) => void }).on?.(
        'error',
        () => {},
      )
      const connecting = own.connect()
      // Heard of by whoever sends.
      connecting.catch(() => {})
      return ofNodeRedis(own, connecting)
    },
    close() {
      try {
        client.destroy()
      } catch {
        // It is closed already.
      }
    },
  }
}

function buffered(argument: RedisArgument): string | Buffer {
  if (typeof argument === 'string') return argument
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength)
}
