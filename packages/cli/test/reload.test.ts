import { deferred } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import type { FunctionRoute } from '../src/kinds/route.ts'
import { startService } from './helpers/start-service.ts'

function routeOf(
  name: string,
  batchFunction: FunctionRoute['batchFunction'],
  more: Partial<FunctionRoute> = {},
): FunctionRoute {
  return { name, batchFunction, options: {}, ...more }
}

function ask(url: string, path: string): Promise<Response> {
  return fetch(`${url}/${path}`, { method: 'POST', body: '1' })
}

describe('Reloading a service', () => {
  it('answers what came before with the old routes, what comes after with the new ones', async () => {
    const gate = deferred<number[]>()
    let closed = false
    const { service, url } = await startService({ old: () => gate.promise })
    const before = ask(url, 'old')
    while (service.stats().requests === 0) await new Promise(setImmediate)
    const reloading = service.reload([
      routeOf('fresh', () => [2], { close: async () => void (closed = true) }),
    ])
    await expect.poll(async () => (await ask(url, 'fresh')).status).toBe(200)
    expect((await ask(url, 'old')).status).toBe(404)
    gate.resolve([1])
    expect(await (await before).json()).toBe(1)
    await reloading
    expect(closed).toBe(false)
    await service.stop()
    expect(closed).toBe(true)
  })

  it('changes nothing if the new routes cannot be served', async () => {
    const { service, url } = await startService({ run: () => [1] })
    const bad = routeOf('bad', () => [1], { options: { maxBatchSize: 0 } })
    await expect(service.reload([bad])).rejects.toThrow('Cannot serve /bad')
    const cold = routeOf('cold', () => [1], { warmUp: () => Promise.reject(new Error('cold')) })
    await expect(service.reload([cold])).rejects.toThrow('cold')
    expect(await (await ask(url, 'run')).json()).toBe(1)
  })

  it('goes on with a stream that is open', async () => {
    const double = (items: unknown[]) => items.map((item) => (item as number) * 2)
    const { service, url } = await startService({ run: double })
    let send = (_text: string): void => {}
    let end = (): void => {}
    const body = new ReadableStream({
      start(controller) {
        send = (text) => controller.enqueue(Buffer.from(text))
        end = () => controller.close()
      },
    })
    // Its head leaves with the first part of the body.
    send('1\n')
    const answer = await fetch(`${url}/run/batch`, { method: 'POST', body, duplex: 'half' })
    await expect.poll(() => service.stats().requests).toBe(1)
    await service.reload([routeOf('run', double)])
    send('2\n')
    await expect.poll(() => service.stats().requests).toBeGreaterThan(1)
    await service.reload([routeOf('run', double)])
    send('3\n')
    end()
    const lines = (await answer.text()).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { index: 0, result: 2 },
      { index: 1, result: 4 },
      { index: 2, result: 6 },
      { done: true, ok: 3, failed: 0 },
    ])
  })

  it('loses no request under load', async () => {
    const { service, url } = await startService({ run: (items: unknown[]) => items })
    let ended = false
    const isOver = (): boolean => ended
    const caller = async (): Promise<number[]> => {
      const seen: number[] = []
      while (!isOver()) seen.push((await ask(url, 'run')).status)
      return seen
    }
    const callers = Array.from({ length: 8 }, caller)
    for (let round = 0; round < 20; round += 1) {
      await service.reload([routeOf('run', (items) => items)])
    }
    ended = true
    expect(new Set((await Promise.all(callers)).flat())).toEqual(new Set([200]))
  })
})

describe('A route that warms up', () => {
  it('is served when it is warm; until then the service answers that it is not ready', async () => {
    const gate = deferred()
    const warm = routeOf('warm', () => [1], { warmUp: () => gate.promise })
    const { service } = await startService({ other: () => [1] })
    expect(service.stats().state).toBe('open')
    const reloading = service.reload([warm])
    expect((await service.app.inject('/readyz')).statusCode).toBe(200)
    gate.resolve()
    await reloading
    const answer = await service.app.inject({ method: 'POST', url: '/warm', payload: '1' })
    expect(answer.statusCode).toBe(200)
  })
})
