import { Batcher, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach } from '../support/observe.ts'

/** The key of 'a1' is 'a'. */
const batchKey = (item: string) => item[0]

describe('Batcher.batchKey', () => {
  it('lets items with different keys never share a batch', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, concurrency: Infinity })
    processEach(batcher, ['a1', 'b1', 'a2', 'c1', 'b2', 'a3'])
    await settle()
    expect(batches.items).toEqual([['a1', 'a2', 'a3'], ['b1', 'b2'], ['c1']])
  })

  it('tells the batch function the key, and undefined where there is no such option', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, concurrency: Infinity })
    const keyless = new Batcher(batches.batchFunction)
    for (const one of [batcher, keyless]) processEach(one, ['a1', 'b1'])
    await settle()
    expect(batches.calls.map(({ items, context: { key } }) => ({ items, key }))).toEqual([
      { items: ['a1'], key: 'a' },
      { items: ['b1'], key: 'b' },
      { items: ['a1', 'b1'], key: undefined },
    ])
  })

  it('fills batches up to maxBatchSize within a key, whatever the others hold', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey,
      maxBatchSize: 2,
      maxQueueTime: Infinity,
      concurrency: Infinity,
    })
    processEach(batcher, ['a1', 'b1', 'c1', 'd1'])
    await settle()
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, ['b2', 'd2', 'b3'])
    await settle()
    expect(batches.items).toEqual([
      ['b1', 'b2'],
      ['d1', 'd2'],
    ])
    expect(batches.calls.map((call) => call.context.reason)).toEqual(['size', 'size'])
    expect(batcher.queuedCount).toBe(3)
  })

  it('lets all keys share the slots', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey, concurrency: 2 })
    processEach(batcher, ['a1', 'b1', 'c1', 'd1'])
    await settle()
    expect(batches.items).toEqual([['a1'], ['b1']])
    expect(batcher).toMatchObject({ activeCount: 2, queuedCount: 2 })
    batches.calls[1]?.resolve(['b1'])
    await settle()
    expect(batches.items[2]).toEqual(['c1'])
    expect(batcher.activeCount).toBe(2)
  })

  it('lets a key fill while the slots are busy with others', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { batchKey })
    processEach(batcher, ['a1'])
    await settle()
    for (const item of ['b1', 'a2', 'b2']) {
      processEach(batcher, [item])
      await settle()
    }
    batches.calls[0]?.resolve([''])
    await settle()
    batches.calls[1]?.resolve(['', ''])
    await settle()
    expect(batches.items).toEqual([['a1'], ['b1', 'b2'], ['a2']])
  })

  it('counts the window of each key from the oldest item of that key', async () => {
    const clock = new ManualClock()
    const left: [at: number, items: string[]][] = []
    const batcher = new Batcher(
      (items: string[]) => {
        left.push([clock.now(), [...items]])
        return items
      },
      { batchKey, maxQueueTime: 100, maxBatchSize: 2, clock },
    )
    processEach(batcher, ['a1'])
    await clock.advance(50)
    processEach(batcher, ['b1'])
    await clock.advance(10)
    processEach(batcher, ['c1', 'a2'])
    await settle()
    expect(clock.timerCount).toBe(1)
    await clock.advance(1000)
    expect(left).toEqual([
      [60, ['a1', 'a2']],
      [150, ['b1']],
      [160, ['c1']],
    ])
    expect(clock.timerCount).toBe(0)
  })

  it('asks for the key of each item once, when it comes, with the item alone', async () => {
    const asked: unknown[][] = []
    const batcher = new Batcher((items: number[]) => items, {
      batchKey: (...given: unknown[]) => {
        asked.push(given)
        return undefined
      },
      maxQueueSize: 2,
      overflow: 'wait',
    })
    batcher.pause()
    processEach(batcher, range(3))
    expect(asked).toEqual([[0], [1], [2]])
    await batcher.close()
    expect(batcher.stats().fulfilled).toBe(3)
    expect(asked).toHaveLength(3)
  })

  it('gives each caller the outcome of its own item, over all keys', async () => {
    const batcher = new Batcher(
      (items: string[], { key }) => {
        if (key === 'x') throw new Error('x is down')
        return items.map((item) =>
          item === 'b2' ? outcome.error(item) : `${item} of ${String(key)}`,
        )
      },
      { batchKey, concurrency: 2 },
    )
    const results = await batcher.processAllSettled(['b1', 'x1', 'a1', 'b2', 'a2'])
    expect(results).toMatchObject([
      { value: 'b1 of b' },
      { reason: { message: 'Cannot process batch of 1: x is down' } },
      { value: 'a1 of a' },
      { reason: 'b2' },
      { value: 'a2 of a' },
    ])
    expect(await batcher.processAll(['c1', 'a1'])).toEqual(['c1 of c', 'a1 of a'])
  })
})

describe('the keys of batches', () => {
  it('are compared as in a Map', async () => {
    const one = {}
    const other = {}
    const symbol = Symbol('key')
    const keys = [0, '', undefined, null, false, NaN, -0, '0', 0n, '', one, NaN, null, undefined]
    const more = [false, other, one, symbol, Symbol('key'), symbol, 0, 1n, 1]
    const all: unknown[] = [...keys, ...more]
    const groups = new Map<unknown, number[]>()
    for (const [item, key] of all.entries()) groups.set(key, [...(groups.get(key) ?? []), item])

    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey: (item) => all[item],
      concurrency: Infinity,
    })
    processEach(batcher, range(all.length))
    await settle()
    expect(batches.items).toEqual([...groups.values()])
    for (const [index, key] of [...groups.keys()].entries()) {
      const given = batches.calls[index]?.context.key
      expect(given === key || Object.is(given, key)).toBe(true)
    }
  })

  it('may be the items themselves, falsy ones included', async () => {
    const batches = manualBatches<unknown, unknown>()
    const batcher = new Batcher(batches.batchFunction, {
      batchKey: (item: unknown) => item,
      concurrency: Infinity,
    })
    const items = [undefined, 0, '', null, NaN, false]
    const callers = processEach<unknown, unknown>(batcher, [...items, ...items])
    await settle()
    expect(batches.items).toEqual(items.map((item) => [item, item]))
    for (const call of batches.calls) call.resolve(call.items)
    await settle()
    expect(callers.map((caller) => caller.value)).toEqual([...items, ...items])
  })

  it('are never looked into', async () => {
    const trap = (): never => {
      throw new Error('touched')
    }
    const handler = Object.fromEntries(
      Object.getOwnPropertyNames(Reflect).map((name) => [name, trap]),
    )
    const key: object = new Proxy(() => undefined, handler)
    const seen: boolean[] = []
    const batcher = new Batcher(
      (items: number[], context) => {
        seen.push(context.key === key)
        return items
      },
      { batchKey: () => key },
    )
    expect(await batcher.processAll(range(2))).toEqual([0, 1])
    expect(seen).toEqual([true])
  })

  it('begin anew when they come back', async () => {
    const clock = new ManualClock()
    const left: [at: number, items: string[]][] = []
    const batcher = new Batcher(
      (items: string[]) => {
        left.push([clock.now(), [...items]])
        return items
      },
      { batchKey, maxQueueTime: 100, maxBatchSize: 2, clock },
    )
    const controller = new AbortController()
    observe(batcher.process('a1', { signal: controller.signal }))
    await clock.advance(10)
    processEach(batcher, ['b1', 'b2'])
    await clock.advance(10)
    controller.abort()
    processEach(batcher, ['b3'])
    await clock.advance(10)
    processEach(batcher, ['a2'])
    await clock.advance(1000)
    expect(left).toEqual([
      [10, ['b1', 'b2']],
      [120, ['b3']],
      [130, ['a2']],
    ])
    expect(clock.timerCount).toBe(0)
  })
})
