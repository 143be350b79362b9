import { Batcher, RateLimiter } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { observe, processEach, reasonOf } from '../support/observe.ts'

interface Request {
  readonly tokens: number
  readonly bytes: number
}

const tokens = { of: (request: Request) => request.tokens, max: 10 }
const bytes = { of: (request: Request) => request.bytes, max: 100 }

function requests(...pairs: [tokens: number, bytes: number][]): Request[] {
  return pairs.map(([inTokens, inBytes]) => ({ tokens: inTokens, bytes: inBytes }))
}

describe('Batcher.weight as a list', () => {
  it.each<[string, [number, number]]>([
    ['the first', [6, 1]],
    ['the second', [1, 60]],
    ['each', [6, 60]],
  ])('fills a batch when %s of the maxima is reached', async (_, last) => {
    const batches = manualBatches<Request, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: [tokens, bytes],
      maxQueueTime: Infinity,
    })
    const items = requests([2, 20], [2, 20], last)
    processEach(batcher, items.slice(0, 2))
    await settle()
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, items.slice(2))
    await settle()
    expect(batches.items).toEqual([items])
    expect(batches.calls[0]?.context.reason).toBe('size')
  })

  it('cuts a batch before any maximum would be passed', async () => {
    const batches = manualBatches<Request, number>()
    const batcher = new Batcher(batches.batchFunction, { weight: [tokens, bytes] })
    batcher.pause()
    const items = requests([9, 0], [2, 0], [0, 70], [1, 40], [1, 60], [7, 0], [0, 0], [1, 1])
    processEach(batcher, items)
    batcher.resume()
    const expected = [items.slice(0, 1), items.slice(1, 3), items.slice(3, 7), items.slice(7)]
    for (const [index, batch] of expected.entries()) {
      await settle()
      expect(batches.items[index]).toEqual(batch)
      batches.calls[index]?.resolve(batch.map(() => 0))
    }
    await settle()
    expect(batches.calls).toHaveLength(expected.length)
  })

  it('lets nothing skip ahead of an item that fits by one weight and not by another', async () => {
    const batches = manualBatches<Request, number>()
    const batcher = new Batcher(batches.batchFunction, { weight: [tokens, bytes] })
    batcher.pause()
    const items = requests([1, 50], [1, 51], [1, 1])
    processEach(batcher, items)
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([items.slice(0, 1)])
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items[1]).toEqual(items.slice(1))
  })

  it('may hold one, which is as good as itself', async () => {
    const batches = manualBatches<Request, number>()
    const batcher = new Batcher(batches.batchFunction, { weight: [tokens], maxQueueTime: Infinity })
    const items = requests([5, 1000], [5, 1000])
    processEach(batcher, items)
    await settle()
    expect(batches.items).toEqual([items])
  })

  it('frees each of the weights of a caller who aborts', async () => {
    const batches = manualBatches<Request, number>()
    const batcher = new Batcher(batches.batchFunction, {
      weight: [tokens, bytes],
      maxQueueTime: Infinity,
    })
    const controller = new AbortController()
    observe(batcher.process({ tokens: 9, bytes: 99 }, { signal: controller.signal }))
    controller.abort()
    const items = requests([9, 1], [0, 98], [1, 0])
    processEach(batcher, items.slice(0, 2))
    await settle()
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, items.slice(2))
    await settle()
    expect(batches.items).toEqual([items])
  })

  it('names the one that is wrong or passed, and rejects that caller alone', async () => {
    const batcher = new Batcher((items: Request[]) => items.map(() => 'done'), {
      weight: [tokens, bytes],
    })
    const mate = observe(batcher.process({ tokens: 1, bytes: 1 }))
    const wrong = await reasonOf(batcher.process({ tokens: 1, bytes: NaN }))
    expect(wrong).toBeInstanceOf(RangeError)
    expect((wrong as Error).message).toMatch(
      /^Cannot process item: 'weight' .* to 100, received NaN$/,
    )
    const heavy = await reasonOf(batcher.process({ tokens: 10.5, bytes: 1 }))
    expect(heavy).toBeInstanceOf(RangeError)
    expect((heavy as Error).message).toMatch(
      /^Cannot process item: 'weight' .* to 10, received 10\.5$/,
    )
    await settle()
    expect(mate.value).toBe('done')
  })

  it('refuses an item that a rate limit of weight never lets pass, by the first alone', async () => {
    const clock = new ManualClock()
    const rateLimit = new RateLimiter({ limit: 4, interval: 1000, of: 'weight', clock })
    const batcher = new Batcher((items: Request[]) => items.map(() => 'done'), {
      weight: [tokens, bytes],
      rateLimit,
      clock,
    })
    const heavy = await reasonOf(batcher.process({ tokens: 5, bytes: 1 }))
    expect(heavy).toBeInstanceOf(RangeError)
    expect((heavy as Error).message).toMatch(/^Cannot process item: 'weight' .* to 4, received 5$/)
    expect(await batcher.process({ tokens: 4, bytes: 100 })).toBe('done')
  })
})
