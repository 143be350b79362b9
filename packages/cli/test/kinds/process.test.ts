import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { fixture, run, serve } from '../helpers/command-line.ts'
import { post, routesOf, startConfig } from '../helpers/start-config.ts'
import { until } from '../helpers/until.ts'

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const exec = `python3 ${fixture('model.py')}`

describe("A route of the kind 'process'", () => {
  it('sends a line for many requests to a program, and gives each its result', async () => {
    const { url, service } = await startConfig({ model: { kind: 'process', exec, processes: 2 } })
    const numbers = Array.from({ length: 200 }, (_, n) => n)
    const answers = await Promise.all(numbers.map((n) => post(`${url}/model`, n)))
    expect(answers.map(({ body }) => body)).toEqual(numbers.map((n) => n * n))
    expect(service.stats().batches).toBeLessThan(200)
  })

  it('answers one bad item with its error, and the others with their results', async () => {
    const { url } = await startConfig({ model: { kind: 'process', exec } })
    const items = [1, 'bad', 3]
    const answers = await Promise.all(items.map((item) => post(`${url}/model`, item)))
    expect(answers).toMatchObject([
      { status: 200, body: 1 },
      { status: 422, body: { code: 'JITNEY_ITEM_FAILED', detail: 'is bad' } },
      { status: 200, body: 9 },
    ])
  })

  it('that dies fails its batch alone, with nothing of the inside, and is started again', async () => {
    const { url, failures } = await startConfig({ model: { kind: 'process', exec } })
    const died = await post(`${url}/model`, 'die')
    expect(died).toMatchObject({ status: 500, body: { code: 'JITNEY_BATCH_FAILED' } })
    expect(JSON.stringify(died.body)).not.toContain('python')
    expect(await post(`${url}/model`, 5)).toMatchObject({ status: 200, body: 25 })
    expect(failures.join()).toContain('exit code 3')
  })

  it('with retry, its batch is sent to the next one', async () => {
    const once = `
import json, os, sys
for line in sys.stdin:
    batch = json.loads(line)
    if not os.path.exists(sys.argv[1]):
        open(sys.argv[1], "w").close()
        os._exit(1)
    print(json.dumps({"id": batch["id"], "results": batch["items"]}), flush=True)
`
    const { routes, folder } = await routesOf({ a: { kind: 'process', exec: ['python3'] } })
    expect(routes[0]).toMatchObject({ name: 'a', options: { concurrency: 1 } })
    const { url } = await startConfig({
      model: {
        kind: 'process',
        exec: ['python3', '-c', once, `${folder}/died`],
        retry: { attempts: 2, minDelay: 0 },
      },
    })
    expect(await post(`${url}/model`, 5)).toMatchObject({ status: 200, body: 5 })
  })

  it('is killed and answered with 504 when a batch takes too long', async () => {
    const { url } = await startConfig({
      model: { kind: 'process', exec: 'sleep 1000', timeout: 50, graceTime: 0 },
    })
    expect(await post(`${url}/model`, 1)).toMatchObject({ status: 504 })
  })

  it('is warm before the service is ready, or the service does not start', async () => {
    const { service } = await startConfig({ model: { kind: 'process', exec, warmUp: [1] } })
    expect(service.stats()).toMatchObject({ state: 'open', batches: 0 })
    await expect(
      startConfig({ model: { kind: 'process', exec, warmUp: ['die'] } }),
    ).rejects.toThrow(/^Cannot warm up \/model: Lost 'python3 .*exit code 3/)
  })

  it('refuses a program that is not there, and bytes', async () => {
    await expect(routesOf({ a: { kind: 'process', exec: 'pyhton x.py' } })).rejects.toThrow(
      'Cannot run pyhton: there is no such command in the PATH',
    )
    await expect(routesOf({ a: { kind: 'process', exec: './model' } })).rejects.toThrow(
      /Cannot run \/\S*\/model: there is no such command/,
    )
    const { url } = await startConfig({ model: { kind: 'process', exec } })
    const bytes = { 'content-type': 'application/octet-stream' }
    expect(await post(`${url}/model`, 1, bytes)).toMatchObject({ status: 415 })
  })
})

describe('jitney serve --exec', () => {
  it('serves a program under the name of its script, and ends it at SIGTERM', async () => {
    const service = await serve(`--exec=${exec}`, ['--processes', '2', '--max-batch-size', '4'])
    expect(service.stdout).toContain('POST /model')
    expect(await post(`${service.url}/model`, 12)).toMatchObject({ status: 200, body: 144 })
    service.process.kill('SIGTERM')
    expect(await service.exit).toEqual({ code: 0, signal: null })
  })

  it('leaves no process behind, not even one that does not end', async () => {
    const deaf = `import os, sys, time
sys.stdin.readline()
open(sys.argv[1], "w").write(str(os.getpid()))
while True: time.sleep(1000)`
    const { folder } = await routesOf({ a: { kind: 'process', exec } })
    const [program, pidFile] = [`${folder}/deaf.py`, `${folder}/pid`]
    await writeFile(program, deaf)
    const service = await serve(`--exec=python3 ${program} ${pidFile}`)
    const asked = post(`${service.url}/deaf`, 1).catch(() => {})
    const pid = async (): Promise<number> => Number(await readFile(pidFile, 'utf8').catch(() => 0))
    await until(async () => (await pid()) > 0)
    service.process.kill('SIGTERM')
    await service.until(() => service.stdout.includes('Stopping'))
    service.process.kill('SIGTERM')
    expect(await service.exit).toEqual({ code: 1, signal: null })
    await asked
    const child = await pid()
    await until(() => !isAlive(child))
  })

  it.each([
    [['--exec', 'cat', 'model.ts'], /--exec stands instead of a module, received model\.ts/],
    [['--exec', 'cat', '--threads', '2'], /--exec stands instead of a module, received --threads/],
    [['model.ts', '--processes', '2'], /--processes goes with --exec only/],
    [['a.yaml', '--threads', '2'], /--threads goes with a module, received a\.yaml/],
    [['--exec', 'stats.py'], /would hide the service's own \/stats/],
  ])('refuses %j', async (flags, message) => {
    const { code, stderr } = await run(['serve', ...flags])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(message)
  })
})
