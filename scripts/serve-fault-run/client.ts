import { Agent, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** Requests over connections that stay open, as a pool of clients makes them. */
export class Client {
  readonly port: number
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Infinity })

  constructor(port: number) {
    this.port = port
  }

  get(path: string): Promise<Answer> {
    return this.#send('GET', path, '', {})
  }

  post(path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send('POST', path, body, headers)
  }

  /** Closes all connections. */
  close(): void {
    this.#agent.destroy()
  }

  #send(
    method: string,
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: this.port, agent: this.#agent, method, path, headers },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (part: string) => {
            text += part
          })
          response.on('end', () => {
            if (response.complete) resolve({ status: response.statusCode!, body: text })
          })
          response.on('error', reject)
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }
}
