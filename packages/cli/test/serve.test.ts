import { describe, expect, it } from 'vitest'
import { fixture, run, serve } from './helpers/command-line.ts'
import { RawClient } from './helpers/raw-client.ts'
import { until } from './helpers/until.ts'

async function post(url: string, path: string, body: string): Promise<string> {
  const answer = await fetch(url + path, { method: 'POST', body })
  return await answer.text()
}

describe('jitney serve', { timeout: 60_000 }, () => {
  it('prints where it listens, its routes and a line to try, which works', async () => {
    const { url, stdout, exit, process } = await serve(fixture('squares.ts'))
    expect(stdout).toBe(`Listening on ${url}\n  POST /squares\nTry: curl -d 12 ${url}/squares\n`)
    expect(await post(url, '/squares', '12')).toBe('144')
    process.kill('SIGTERM')
    expect(await exit).toEqual({ code: 0, signal: null })
  })

  it('tells how many requests came and in how many batches they left, and nothing of what was in them', async () => {
    const command = await serve(fixture('squares.ts'))
    await post(command.url, '/squares', '4711')
    await command.until(() => command.stdout.includes('1 request in 1 batch, 1 per batch\n'))
    command.process.kill('SIGINT')
    await command.exit
    expect(command.stdout).toContain(
      'Stopping (SIGINT): what came is answered, another signal aborts\n' +
        'Stopped after 1 request in 1 batch, 1 per batch\n',
    )
    expect(command.stdout + command.stderr).not.toContain('4711')
  })

  it('lets flags override the module for every route, and warns of those that keep batches small', async () => {
    const flags = ['--max-batch-size', '50', '--max-queue-size', '20', '--max-connections', '30']
    const command = await serve(fixture('squares.ts'), flags)
    await command.until(() => command.stderr.includes('maxQueueSize'))
    expect(command.stderr).toMatch(
      /^Warning: --max-connections 30 is below maxBatchSize 50 of \/squares/m,
    )
    expect(command.stderr).toMatch(
      /^Warning: maxQueueSize 20 is below maxBatchSize 50 of \/squares/m,
    )
    expect(await post(command.url, '/squares', '3')).toBe('9')
  })

  it('says who may call it when it listens beyond loopback', async () => {
    const command = await serve(fixture('squares.ts'), ['--host', '0.0.0.0'])
    await command.until(() => command.stderr.includes('other names need --allowed-host'))
    expect(await post(`http://127.0.0.1:${command.port}`, '/squares', '3')).toBe('9')
  })

  it('cannot start on a taken port: one line with the flag to change, exit code 1', async () => {
    const { port } = await serve(fixture('squares.ts'))
    const { code, stderr } = await run(['serve', fixture('squares.ts'), '--port', `${port}`])
    expect(code).toBe(1)
    expect(stderr).toBe(
      `Cannot listen on 127.0.0.1:${port}: another process listens there; ` +
        'choose another port with --port (0 takes a free one)\n',
    )
  })

  it('survives what a batch function leaves to nobody, and logs it', async () => {
    const command = await serve(fixture('controlled.ts'))
    expect(await post(command.url, '/careless', '1')).toBe('1')
    await command.until(() => command.stderr.includes('thrown into the void'))
    await command.until(() => command.stderr.includes('rejected into the void'))
    expect(await post(command.url, '/careless', '2')).toBe('2')
    command.process.kill('SIGTERM')
    expect(await command.exit).toEqual({ code: 0, signal: null })
  })

  it('survives that nobody reads its output any more', async () => {
    const command = await serve(fixture('controlled.ts'))
    command.process.stdout!.destroy()
    command.process.stderr!.destroy()
    for (const item of ['1', '2', '3'])
      expect(await post(command.url, '/careless', item)).toBe(item)
    command.process.kill('SIGTERM')
    expect(await command.exit).toEqual({ code: 0, signal: null })
  })

  it('exits though the module holds what would keep it alive', async () => {
    const command = await serve(fixture('controlled.ts'))
    await post(command.url, '/clinging', '1')
    command.process.kill('SIGTERM')
    expect(await command.exit).toEqual({ code: 0, signal: null })
  })
})

describe('A signal', { timeout: 60_000 }, () => {
  /** A service with one batch running and one item queued. */
  async function busy(flags: readonly string[] = []) {
    const command = await serve(fixture('controlled.ts'), flags)
    const { port, messages, process, exit } = command
    const clients = [await RawClient.open(port), await RawClient.open(port)] as const
    clients[0].post('/held', '1')
    await command.until(() => messages.length === 1)
    clients[1].post('/held', '2')
    await until(async () => {
      const stats = (await (await fetch(`${command.url}/stats`)).json()) as { requests: number }
      return stats.requests === 2
    })
    return { command, clients, process, exit }
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s loses nothing: all is answered, exit code 0',
    async (name) => {
      const { command, clients, process, exit } = await busy()
      process.kill(name)
      await command.until(() => command.stdout.includes('Stopping'))
      process.send('go')
      expect((await clients[0].answer()).body).toBe('1')
      await command.until(() => command.messages.length === 2)
      process.send('go')
      expect((await clients[1].answer()).body).toBe('2')
      expect(await exit).toEqual({ code: 0, signal: null })
      expect(command.stdout).toMatch(/Stopped after 2 requests in 2 batches, 1 per batch\n$/)
    },
  )

  it('that comes again aborts: callers are told, exit code 1', async () => {
    const { command, clients, process, exit } = await busy(['--close-timeout', 'Infinity'])
    process.kill('SIGTERM')
    await command.until(() => command.stdout.includes('Stopping'))
    process.kill('SIGTERM')
    for (const client of clients) {
      expect(JSON.parse((await client.answer()).body)).toMatchObject({
        code: 'JITNEY_BATCH_ABORTED',
      })
    }
    expect(await exit).toEqual({ code: 1, signal: null })
    expect(command.stdout).toContain('; what was still running was aborted')
  })

  it('aborts when --close-timeout has passed: callers are told, exit code 1', async () => {
    const { clients, process, exit } = await busy(['--close-timeout', '50'])
    process.kill('SIGTERM')
    for (const client of clients) expect((await client.answer()).status).toBe(503)
    expect(await exit).toEqual({ code: 1, signal: null })
  })
})
