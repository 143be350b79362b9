import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Answer, readAnswer } from './answer.ts'

/** A connection on which a test sends whatever bytes it likes. Ends with the test. */
export class RawClient {
  readonly socket: Socket
  /** Resolves when the connection is closed, by whichever side and however. */
  readonly closed: Promise<void>
  #received = ''
  #isClosed = false
  #wake = (): void => {}

  private constructor(socket: Socket) {
    this.socket = socket
    // One character a byte: lengths in the answers count bytes.
    socket.setEncoding('latin1')
    socket.on('data', (data: string) => {
      this.#received += data
      this.#wake()
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true
        this.#wake()
        resolve()
      })
    })
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const client = await RawClient.openDetached(port, host)
    onTestFinished(() => void client.socket.destroy())
    return client
  }

  /**
   * For loops and crowds: whoever opens it ends it.
   *
   * @param place a port, or the path of a unix socket
   */
  static async openDetached(place: number | string, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect(
      typeof place === 'string' ? { path: place } : { port: place, host, noDelay: true },
    )
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** What came and was not read as an answer. */
  get unread(): string {
    return this.#received
  }

  send(...parts: readonly (string | Buffer)[]): void {
    for (const part of parts) this.socket.write(part)
  }

  /** Sends `POST path` with this body. */
  post(path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void {
    this.send(postHead(path, Buffer.byteLength(body), headers), body)
  }

  /** Resolves to the next answer; rejects if the connection closes before it is complete. */
  async answer(method?: string): Promise<Answer> {
    for (;;) {
      const read = readAnswer(this.#received, method)
      if (read !== undefined) {
        this.#received = read.rest
        return read.answer
      }
      if (this.#isClosed)
        throw new Error(`The connection closed after ${JSON.stringify(this.#received)}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

export function postHead(
  path: string,
  length: number,
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries({ host: '127.0.0.1', 'content-length': `${length}`, ...headers })
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}
