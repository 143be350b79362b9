import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Worker } from 'node:worker_threads'

/**
 * A program that requests a URL for each line of a file, from a server that answers at once.
 *
 * `rate`: microseconds per request, as the server sees it, from the first to the last: how long the
 * program takes to start does not count. `peak`: megabytes of the program at most, by its own word.
 *
 * @type {import('../harness/types.js').CommandWorkload}
 */
export async function measure({ create, parameters }) {
  const { figure = 'rate' } = parameters
  const items = Number(parameters.items ?? 100_000)
  const concurrency = Number(parameters.concurrency ?? 100)
  const folder = await mkdtemp(join(tmpdir(), 'jitney-bench-'))
  try {
    const input = join(folder, 'input')
    await pipeline(Readable.from(lines(items)), createWriteStream(input))
    const server = new Worker(new URL('../harness/counting-server.js', import.meta.url))
    const [port] = await once(server, 'message')
    const errors = await create({ concurrency })(`http://127.0.0.1:${port}`, input)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    server.postMessage('report')
    const [{ requests, milliseconds }] = await once(server, 'message')
    if (requests !== items) throw new Error(`Wrong count: ${requests} of ${items} requests`)
    const peak = Number(/Peak memory: (\d+) MB/.exec(errors)?.[1])
    const typical = figure === 'peak' ? peak : (milliseconds / requests) * 1000
    return { typical, repetitions: 1 }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function* lines(count) {
  for (let index = 0; index < count; index++) yield `${index}\n`
}
