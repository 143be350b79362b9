import { createInterface } from 'node:readline'
import { Agent, request } from 'undici'

/** The hand-written loop: so many workers share the lines of the input, each on its connection. */
const [url, concurrency] = process.argv.slice(2)
const dispatcher = new Agent({ connections: Number(concurrency) })
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
let index = 0

async function worker() {
  for (;;) {
    const { done, value } = await lines.next()
    if (done) return
    const place = index++
    const { body } = await request(`${url}/${value}`, { dispatcher })
    process.stdout.write(`${JSON.stringify({ index: place, result: await body.text() })}\n`)
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, worker))
console.error(`Peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
process.exit()
