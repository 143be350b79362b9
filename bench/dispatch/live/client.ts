import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'

import type { Backend } from '../backend.ts'

/** A running upstream, and how a batch is sent to it. */
export interface Upstream {
  send(numbers: readonly number[]): Promise<number[]>
  close(): void
}

/** Starts an upstream in a process of its own. */
export async function startUpstream({ slots, a, b }: Backend): Promise<Upstream> {
  const child = fork(
    fileURLToPath(new URL('upstream.ts', import.meta.url)),
    [slots, a, b].map(String),
  )
  const [port] = (await once(child, 'message')) as [number]
  const agent = new Agent({ keepAlive: true, maxSockets: slots, noDelay: true })
  return {
    send: async (numbers) => {
      const sent = request({ port, host: '127.0.0.1', method: 'POST', agent })
      sent.end(JSON.stringify(numbers))
      const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>]
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      return JSON.parse(Buffer.concat(chunks).toString()) as number[]
    },
    close: () => {
      agent.destroy()
      child.disconnect()
    },
  }
}
