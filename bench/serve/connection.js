import { once } from 'node:events'
import { connect } from 'node:net'

/**
 * One connection of the load generator: one request at a time, as bytes made beforehand. It reads no
 * more of an answer than its status, its length and its body, so that it costs the machine little.
 */
export class Connection {
  #socket
  #received = ''
  /** @type {((status: number, body: string) => void) | undefined} */
  #answered
  /** Whether it still takes requests. */
  isOpen = true

  /**
   * @param {number} port
   * @param {(connection: Connection) => void} closed is told when the server ended it
   */
  constructor(port, closed) {
    const buffer = Buffer.allocUnsafe(16_384)
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback: (size) => {
          this.#read(buffer.toString('latin1', 0, size))
          return true
        },
      },
    })
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.isOpen = false
      this.#answer(0, '')
      closed(this)
    })
  }

  async opened() {
    await once(this.#socket, 'connect')
    return this
  }

  /**
   * @param {Buffer | string} request
   * @param {(status: number, body: string) => void} answered status 0: the connection ended instead
   */
  send(request, answered) {
    this.#answered = answered
    this.#socket.write(request)
  }

  close() {
    this.#socket.destroy()
  }

  #read(text) {
    this.#received = this.#received === '' ? text : this.#received + text
    const headEnd = this.#received.indexOf('\r\n\r\n')
    if (headEnd === -1) return
    const head = this.#received.slice(0, headEnd)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    const bodyStart = headEnd + 4
    if (this.#received.length < bodyStart + length) return
    const body = this.#received.slice(bodyStart, bodyStart + length)
    this.#received = ''
    this.#answer(Number(head.slice(9, 12)), body)
  }

  #answer(status, body) {
    const answered = this.#answered
    this.#answered = undefined
    answered?.(status, body)
  }
}

/**
 * @param {string} path
 * @param {string} body of JSON
 */
export function postBytes(path, body) {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
