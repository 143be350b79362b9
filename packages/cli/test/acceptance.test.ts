import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serve } from './helpers/command-line.ts'
import { RawClient } from './helpers/raw-client.ts'

const example = fileURLToPath(new URL('../../../examples/service.ts', import.meta.url))
const size = 1000

async function openAll(port: number): Promise<readonly RawClient[]> {
  const clients = await Promise.all(
    Array.from({ length: size }, () => RawClient.openDetached(port)),
  )
  onTestFinished(() => {
    for (const client of clients) client.socket.destroy()
  })
  return clients
}

function askAll(clients: readonly RawClient[]): Promise<readonly string[]> {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  clients.forEach((client, number) => client.post('/squares', `${number}`, form))
  return Promise.all(
    clients.map(async (client) => {
      const { status, body } = await client.answer()
      return `${status} ${body}`
    }),
  )
}

const rightAnswers = Array.from({ length: size }, (_, number) => `200 ${number * number}`)

describe('1,000 requests over 1,000 open connections', { timeout: 60_000 }, () => {
  it('reach the batch function in at most 10 calls, and every answer is right', async () => {
    const { url, port } = await serve(example)
    const clients = await openAll(port)
    expect(await askAll(clients)).toEqual(rightAnswers)
    const stats = (await (await fetch(`${url}/stats`)).json()) as {
      routes: { squares: { requests: number; batches: number } }
    }
    expect(stats.routes.squares.requests).toBe(size)
    expect(stats.routes.squares.batches).toBeLessThanOrEqual(10)
  })

  it('are all answered rightly though SIGTERM comes as soon as they are sent', async () => {
    const { port, process, exit } = await serve(example)
    const clients = await openAll(port)
    const answers = askAll(clients)
    process.kill('SIGTERM')
    expect(await answers).toEqual(rightAnswers)
    await Promise.all(clients.map((client) => client.closed))
    expect(await exit).toEqual({ code: 0, signal: null })
  })

  it('are all answered rightly though SIGTERM comes in the middle of the answers', async () => {
    const { port, process, exit } = await serve(example)
    const clients = await openAll(port)
    const first = Promise.race(
      clients.map((client) => new Promise((resolve) => client.socket.once('data', resolve))),
    )
    const answers = askAll(clients)
    await first
    process.kill('SIGTERM')
    expect(await answers).toEqual(rightAnswers)
    expect(await exit).toEqual({ code: 0, signal: null })
  })
})

describe('The example', { timeout: 60_000 }, () => {
  it('squares what curl sends, refuses what is no number, and stores a line each', async () => {
    const { url } = await serve(example)
    const post = async (path: string, body: string): Promise<unknown> => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return await (await fetch(url + path, { method: 'POST', headers, body })).json()
    }
    expect(await post('/squares', '12')).toBe(144)
    expect(await post('/squares', '"12"')).toMatchObject({
      status: 400,
      detail: 'Cannot square: expected a number with a finite square, received "12"',
    })
    const lines = await Promise.all([1, 2, 3].map((event) => post('/store', `{"event":${event}}`)))
    expect(lines).toEqual(expect.arrayContaining([{ line: 1 }, { line: 2 }, { line: 3 }]))
  })
})
