import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What is going on on one connection. */
interface Connection {
  /** Requests that began and are not answered yet; more than one if the client pipelines. */
  inProgress: number
  /** The last of them: the only one whose body may still be on its way. */
  newest: ServerResponse | undefined
  /** When that began to arrive, by `performance.now()`. */
  newestSince: number
  /** What had been read when the last answer was done: more means that a request has begun to arrive. */
  bytesReadWhenIdle: number
}

/**
 * Knows what is going on on each connection of an HTTP server, so that it can stop without losing
 * a request.
 *
 * Guarantees:
 * - after `drain` the last answer that is due on a connection says that it closes, and it does;
 * - `closeIdle` closes those without a request, also one that never had any, now and as they fall
 *   idle; one on which a request is only beginning to arrive stays until it is answered;
 * - `closeIncomplete` gives up on requests that have not wholly arrived, and on no other.
 */
export class Connections {
  readonly #open = new Map<Socket, Connection>()
  #accepted = 0
  #draining = false
  #closingIdle = false
  #onEmpty: (() => void)[] = []
  readonly #onAnswered: (this: ServerResponse) => void

  constructor(server: Server) {
    const end = (socket: Socket): void => this.#end(socket)
    this.#onAnswered = function onAnswered() {
      end(this.req.socket)
    }
    server.on('connection', (socket) => {
      this.#accepted++
      this.#open.set(socket, {
        inProgress: 0,
        newest: undefined,
        newestSince: 0,
        bytesReadWhenIdle: 0,
      })
      socket.once('close', () => {
        this.#open.delete(socket)
        if (this.#open.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve()
      })
    })
    server.prependListener('request', (request, response) => this.#begin(request.socket, response))
  }

  /** How many connections there were so far. */
  get accepted(): number {
    return this.#accepted
  }

  /** Whether the client would take an answer now for what it is: to the request that it is sending. */
  mayAnswer(socket: Socket): boolean {
    const connection = this.#open.get(socket)
    if (connection === undefined || connection.inProgress === 0) return connection !== undefined
    return connection.inProgress === 1 && isArriving(connection) && !connection.newest!.headersSent
  }

  /** Resolves when no connection is open. */
  empty(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open.size === 0) resolve()
      else this.#onEmpty.push(resolve)
    })
  }

  drain(): void {
    this.#draining = true
    for (const { newest } of this.#open.values()) if (newest !== undefined) announceClose(newest)
  }

  closeIdle(): void {
    this.#closingIdle = true
    for (const [socket, connection] of this.#open) {
      if (connection.inProgress === 0) closeUnlessArriving(socket, connection)
    }
  }

  /** Gives those whose newest request has been arriving for longer than so many milliseconds. */
  *arrivingFor(duration: number): Generator<Socket> {
    const latest = performance.now() - duration
    for (const [socket, connection] of this.#open) {
      if (isArriving(connection) && connection.newestSince < latest) yield socket
    }
  }

  /** @param except tells connections that stay. */
  closeIncomplete(except: (socket: Socket) => boolean): void {
    for (const [socket, connection] of this.#open) {
      const { inProgress } = connection
      if (except(socket)) continue
      if (inProgress === 0 || (inProgress === 1 && isArriving(connection))) socket.destroy()
    }
  }

  #begin(socket: Socket, response: ServerResponse): void {
    const connection = this.#open.get(socket)
    if (connection === undefined) return
    connection.inProgress++
    if (this.#draining) {
      if (connection.newest?.headersSent === false) connection.newest.removeHeader('connection')
      announceClose(response)
    }
    connection.newest = response
    connection.newestSince = performance.now()
    // One function for all: a closure of its own and the wrapper of `once` are more objects per request.
    response.on('close', this.#onAnswered)
  }

  #end(socket: Socket): void {
    const connection = this.#open.get(socket)
    if (connection === undefined) return
    connection.inProgress--
    if (connection.inProgress > 0) return
    connection.newest = undefined
    connection.bytesReadWhenIdle = socket.bytesRead
    if (this.#closingIdle) closeUnlessArriving(socket, connection)
  }
}

function announceClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close')
}

function closeUnlessArriving(socket: Socket, connection: Connection): void {
  if (socket.bytesRead === connection.bytesReadWhenIdle) socket.destroySoon()
}

function isArriving({ newest }: Connection): boolean {
  return newest !== undefined && !newest.req.complete
}
