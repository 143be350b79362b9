import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixture, run, serve } from '../helpers/command-line.ts'
import { post } from '../helpers/start-config.ts'

async function written(name: string, text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'jitney-threads-')), name)
  await writeFile(path, text)
  return path
}

describe('A module in threads', () => {
  it('runs outside of the main thread, each batch in one that is free', async () => {
    const service = await serve(fixture('threaded.ts'), ['--threads', '2'])
    const answers = await Promise.all([1, 2, 3, 4].map((n) => post(`${service.url}/where`, n)))
    const threads = answers.map(({ body }) => body as number)
    expect(threads.every((id) => id > 0)).toBe(true)
    expect(new Set(threads).size).toBe(2)
    service.process.kill('SIGTERM')
    expect(await service.exit).toEqual({ code: 0, signal: null })
  })

  it('answers a bad item alone, and starts a thread again that ended', async () => {
    const service = await serve(fixture('threaded.ts'), ['--threads', '1'])
    const items = ['bad', 'good']
    const answers = await Promise.all(items.map((item) => post(`${service.url}/threaded`, item)))
    expect(answers).toMatchObject([
      { status: 422, body: { detail: 'is bad' } },
      { status: 200, body: 'good' },
    ])
    expect(await post(`${service.url}/threaded`, 'die')).toMatchObject({ status: 500 })
    expect(await post(`${service.url}/threaded`, 'good')).toMatchObject({ status: 200 })
  })

  it('is loaded anew at SIGHUP, by new threads, without losing a request', async () => {
    const module = await written('model.mjs', 'export const run = (items) => items.map(() => 1)')
    const service = await serve(module, ['--threads', '2'])
    expect(await post(`${service.url}/run`, 0)).toMatchObject({ body: 1 })
    let isOver = false
    const over = (): boolean => isOver
    const callers = Array.from({ length: 4 }, async () => {
      const statuses = new Set<number>()
      while (!over()) statuses.add((await post(`${service.url}/run`, 0)).status)
      return statuses
    })
    await writeFile(module, 'export const run = (items) => items.map(() => 2)')
    service.process.kill('SIGHUP')
    await service.until(() => service.stdout.includes('Reloaded'))
    isOver = true
    expect(await Promise.all(callers)).toEqual(callers.map(() => new Set([200])))
    expect(await post(`${service.url}/run`, 0)).toMatchObject({ body: 2 })
    await writeFile(module, 'export const run = 7')
    service.process.kill('SIGHUP')
    await service.until(() => service.stderr.includes('Cannot reload, all stays as it was'))
    expect(await post(`${service.url}/run`, 0)).toMatchObject({ body: 2 })
  })

  it('is said in a configuration as well, with a first call for each thread', async () => {
    const module = await written(
      'model.mjs',
      `let calls = 0
      export const run = (items) => items.map((item) => \`\${item}\${++calls}\`)`,
    )
    const routes = { run: { kind: 'module', module, threads: 1, warmUp: ['a'] } }
    const service = await serve(await written('jitney.json', JSON.stringify({ routes })))
    expect(await post(`${service.url}/run`, 'b')).toMatchObject({ body: 'b2' })
  })

  it('that cannot be warmed up does not start', async () => {
    const module = await written(
      'model.mjs',
      `import { isMainThread } from 'node:worker_threads'
      if (!isMainThread) throw new Error('no graphics card')
      export const run = (items) => items`,
    )
    const { code, stderr } = await run(['serve', module, '--threads', '1', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/Cannot warm up \/run: .*no graphics card/)
  })
})
