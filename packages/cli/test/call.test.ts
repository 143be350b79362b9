import { deferred } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import type { Route } from '../src/kinds/route.ts'
import { Service } from '../src/server/service.ts'
import { createService } from './helpers/start-service.ts'

const post = { method: 'POST', url: '/run', payload: '1' } as const

describe('X-Request-Timeout', () => {
  it('is the deadline of the item: it answers 504, and the batch function sees it leave', async () => {
    const aborted = deferred<unknown>()
    const { service } = createService({
      run: (_items: unknown[], { signal }: { signal: AbortSignal }) => {
        signal.addEventListener('abort', () => aborted.resolve(signal.reason))
        return new Promise(() => {})
      },
    })
    // Long enough for the batch to have left, also on a busy machine.
    const answer = await service.app.inject({ ...post, headers: { 'x-request-timeout': '500' } })
    expect(answer.json()).toMatchObject({ status: 504, code: 'JITNEY_DEADLINE' })
    expect(await aborted.promise).toMatchObject({ name: 'AbortError' })
  })

  it('changes nothing for an item that is done in time', async () => {
    const { service } = createService({ run: (items: unknown[]) => items })
    const headers = { 'x-request-timeout': '60000' }
    expect((await service.app.inject({ ...post, headers })).json()).toBe(1)
  })

  it.each(['0', '-1', 'soon', '', '1e3', 'Infinity'])('may not be %s', async (given) => {
    const { service } = createService({ run: (items: unknown[]) => items })
    const headers = { 'x-request-timeout': given }
    const answer = await service.app.inject({ ...post, headers })
    expect(answer.json()).toMatchObject({ status: 400, code: 'JITNEY_HEADER_REFUSED' })
    expect(answer.json().detail).toContain('x-request-timeout must be milliseconds above 0')
  })
})

describe('X-Priority', () => {
  it('lets an item leave before those that wait', async () => {
    const gates: (() => void)[] = []
    const seen: unknown[] = []
    const run = async (items: unknown[]): Promise<unknown[]> => {
      seen.push(...items)
      await new Promise<void>((resolve) => gates.push(resolve))
      return items
    }
    const route: Route = { name: 'run', batchFunction: run, options: { maxBatchSize: 1 } }
    const service = new Service([route])
    const ask = (payload: string, priority = '0') =>
      service.app.inject({ ...post, payload, headers: { 'x-priority': priority } })
    const answers = [ask('1')]
    await expect.poll(() => seen).toEqual([1])
    answers.push(ask('2'), ask('3', '10'), ask('4', '-5'))
    await expect.poll(() => service.stats().routes['run']?.queued).toBe(3)
    for (const expected of [
      [1, 3],
      [1, 3, 2],
      [1, 3, 2, 4],
    ]) {
      gates.shift()?.()
      await expect.poll(() => seen).toEqual(expected)
    }
    gates.shift()?.()
    await Promise.all(answers)
    await service.stop()
  })

  it('may not be a word', async () => {
    const { service } = createService({ run: (items: unknown[]) => items })
    const answer = await service.app.inject({ ...post, headers: { 'x-priority': 'high' } })
    expect(answer.json()).toMatchObject({ status: 400, code: 'JITNEY_HEADER_REFUSED' })
  })
})

describe('The header that is the key of a route', () => {
  it('keeps tenants in batches of their own', async () => {
    const batches: unknown[][] = []
    const route: Route = {
      name: 'run',
      keyHeader: 'X-Tenant',
      options: { weight: { of: (item: unknown) => Number(item), max: 10 } },
      batchFunction: (items) => {
        batches.push([...items])
        return items
      },
    }
    const service = new Service([route])
    const ask = (tenant: string, payload: string) =>
      service.app.inject({ ...post, payload, headers: { 'x-tenant': tenant } })
    const answers = await Promise.all([ask('a', '1'), ask('b', '2'), ask('a', '3')])
    expect(answers.map((answer) => answer.json())).toEqual([1, 2, 3])
    expect(batches.toSorted((left, right) => right.length - left.length)).toEqual([[1, 3], [2]])
    await service.stop()
  })

  it('is refused beside a batchKey of the module', () => {
    const route: Route = {
      name: 'run',
      keyHeader: 'X-Tenant',
      options: { batchKey: () => 1 },
      batchFunction: (items) => items,
    }
    expect(() => new Service([route])).toThrow('Cannot serve /run: its module has a batchKey')
  })
})
