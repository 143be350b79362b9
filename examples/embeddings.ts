// Many callers want the embedding of one text each; requests carry as many as OpenAI's API takes. A
// server beside stands in for it: no empty input, one bad input fails the whole request.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { RateLimiter } from 'jitney'
import { embeddingsBatcher } from 'jitney/openai'

let [requests, busy] = [0, true]
const server = createServer((request, response) => void answer(request, response))
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { input } = (await json(request)) as { input: string[] }
  requests += 1
  if (busy) {
    busy = false
    response.writeHead(429, { 'retry-after-ms': '20' }).end()
  } else if (input.some((text) => text.includes('\0'))) {
    response.writeHead(400).end('{"error":{"message":"invalid input"}}')
  } else {
    const data = input.map((text, index) => ({ index, embedding: [text.length / 10, 1] }))
    const tokens = input.join(' ').split(' ').length
    response.end(JSON.stringify({ data, usage: { prompt_tokens: tokens, total_tokens: tokens } }))
  }
}
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

const embeddings = embeddingsBatcher({
  model: 'text-embedding-3-small',
  apiKey: 'secret',
  baseUrl: `http://127.0.0.1:${port}/v1`,
  // What the account allows: requests a minute, and tokens a minute by what inputs weigh.
  rateLimit: [
    new RateLimiter({ limit: 500, interval: 60_000 }),
    new RateLimiter({ limit: 1_000_000, interval: 60_000, of: 'weight' }),
  ],
})

const texts = Array.from({ length: 1000 }, (_, n) => (n === 700 ? 'bad\0' : `text number ${n}`))
const settled = await Promise.allSettled(texts.map((text) => embeddings.process(text)))

const done = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
const usages = new Set(done.map(({ usage }) => usage))
const tokens = [...usages].reduce((sum, { totalTokens }) => sum + totalTokens, 0)
console.log(`${done.length} embeddings, ${tokens} tokens, ${requests} requests`)
console.log(done[7]?.embedding)

const [failure] = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
console.log((failure as Error).message)

await embeddings.close()
server.close()

// Output:
// 999 embeddings, 2997 tokens, 22 requests
// [ 1.3, 1 ]
// Cannot embed input: The server answered 400: "invalid input"
