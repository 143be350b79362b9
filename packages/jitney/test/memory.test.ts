import { AsyncLocalStorage } from 'node:async_hooks'

import { Batcher, type Processor } from 'jitney'
import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { heapUsed, namesInMemory } from './support/memory.ts'

/** An object to look for later. */
interface Thing {
  readonly name: string
}

function thing(name: string): Thing {
  return { name }
}

function nothing(): void {}

const requests = new AsyncLocalStorage<Thing>()

/** Promises that never settle, with all that hangs on them. */
const hung: Promise<never>[] = []

function hang(): Promise<never> {
  const promise = new Promise<never>(nothing)
  hung.push(promise)
  return promise
}

/**
 * Hands over an item, with a signal and within a store, and waits until its caller is settled.
 *
 * @param end what ends the wait, if it does not end by itself.
 * @returns weak references to all that the caller brought and got.
 */
async function passThrough(
  batcher: Processor<Thing, Thing>,
  end: (controller: AbortController) => Promise<void> | void = nothing,
): Promise<Record<string, WeakRef<object>>> {
  const item = thing('item')
  const store = thing('store')
  const controller = new AbortController()
  const { signal } = controller
  const promise = requests.run(store, () => batcher.process(item, { signal }))
  const settled = Promise.allSettled([promise])
  await end(controller)
  const [result] = await settled
  return {
    item: new WeakRef(item),
    store: new WeakRef(store),
    signal: new WeakRef(signal),
    promise: new WeakRef(promise),
    got: new WeakRef(result.status === 'fulfilled' ? result.value : (result.reason as object)),
  }
}

/** Does something within a store of its own; gives a weak reference to that. */
async function leaveBehind(work: () => Promise<void> | void): Promise<WeakRef<Thing>> {
  const store = thing('store')
  await requests.run(store, work)
  return new WeakRef(store)
}

describe('Batcher, of a caller that is settled,', () => {
  it('keeps nothing after a result', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(() => thing('result')))
    const references = await passThrough(batcher)
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().fulfilled).toBe(1)
  })

  it('keeps nothing after a result that came by a promise', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(async () => await thing('result')))
    const references = await passThrough(batcher)
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().fulfilled).toBe(1)
  })

  it('keeps nothing of its batch-mates, though it keeps its own result', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(({ name }) => thing(`${name}, done`)))
    const mine = batcher.process(thing('mine'))
    const references = await passThrough(batcher)
    const result = await mine
    expect(batcher.stats().batches).toBe(1)
    expect(await namesInMemory(references)).toEqual([])
    expect(result).toEqual(thing('mine, done'))
    await mine
  })

  it('keeps nothing of its batch-mates, though it keeps its own error', async () => {
    const batcher = new Batcher<Thing, Thing>(() => {
      throw new Error('the batch failed')
    })
    const mine = Promise.allSettled([batcher.process(thing('mine'))])
    const references = await passThrough(batcher)
    const [result] = await mine
    expect(batcher.stats().batches).toBe(1)
    expect(await namesInMemory(references)).toEqual([])
    expect(result.status).toBe('rejected')
  })

  it('keeps nothing after an error of the item', async () => {
    const batcher = new Batcher((items: Thing[]) =>
      items.map((item) => (item.name === '' ? item : new Error('the item failed'))),
    )
    const references = await passThrough(batcher)
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().rejected).toBe(1)
  })

  it('keeps nothing after the batch failed', async () => {
    const batcher = new Batcher<Thing, Thing>(() => {
      throw new Error('the batch failed')
    })
    const references = await passThrough(batcher)
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().rejected).toBe(1)
  })

  it('keeps nothing after it aborted in the queue, while others wait there', async () => {
    const clock = new ManualClock()
    const batcher = new Batcher((items: Thing[]) => items, { clock, maxQueueTime: 1000 })
    const before = batcher.process(thing('before'))
    const references = await passThrough(batcher, async (controller) => {
      void batcher.process(thing('after'))
      await settle()
      controller.abort()
    })
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.queuedCount).toBe(2)
    await clock.advance(1000)
    expect(await before).toEqual(thing('before'))
  })

  it('keeps nothing after it aborted as the oldest in the queue, which moves the timer', async () => {
    const batcher = new Batcher((items: Thing[]) => items, { maxQueueTime: 3_600_000 })
    let abortStore: WeakRef<Thing> | undefined
    const references = await passThrough(batcher, async (controller) => {
      await settle()
      void batcher.process(thing('after'))
      await settle()
      abortStore = await leaveBehind(() => {
        controller.abort()
      })
    })
    expect(await namesInMemory({ ...references, abortStore })).toEqual([])
    expect(batcher.queuedCount).toBe(1)
    await batcher.flush()
  })

  it('keeps nothing after it aborted while it waited for room', async () => {
    const batcher = new Batcher<Thing, Thing>(hang, {
      maxQueueTime: Infinity,
      maxQueueSize: 1,
      maxBatchSize: 1,
      overflow: 'wait',
    })
    const others = ['in flight', 'queued'].map((name) => batcher.process(thing(name)))
    const references = await passThrough(batcher, (controller) => {
      expect(batcher.stats().waiting).toBe(1)
      controller.abort()
    })
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.queuedCount).toBe(1)
    batcher.abort()
    await Promise.allSettled(others)
  })

  it('keeps nothing after it aborted in flight, though the batch never ends', async () => {
    const batcher = new Batcher<Thing, Thing>(hang)
    const references = await passThrough(batcher, async (controller) => {
      await settle()
      controller.abort()
    })
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().abandoned).toBe(1)
  })

  it('keeps nothing after it aborted in flight, while a batch-mate waits', async () => {
    const batcher = new Batcher<Thing, Thing>(hang)
    const mate = batcher.process(thing('mate'))
    const references = await passThrough(batcher, async (controller) => {
      await settle()
      controller.abort()
    })
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.activeCount).toBe(1)
    batcher.abort()
    await expect(mate).rejects.toThrow('aborted')
  })

  it('keeps nothing after it was served, while a batch-mate waits for a promise', async () => {
    const batcher = new Batcher(([first]: Thing[]) => [hang(), thing(`${first?.name}, done`)])
    const mate = batcher.process(thing('mate'))
    const references = await passThrough(batcher)
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.activeCount).toBe(1)
    batcher.abort()
    await expect(mate).rejects.toThrow('aborted')
  })

  it('keeps nothing of its error, while a batch-mate waits for a promise', async () => {
    const batcher = new Batcher<Thing, Thing>(() => [hang(), new Error('the item failed')])
    const mate = batcher.process(thing('mate'))
    const references = await passThrough(batcher)
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.activeCount).toBe(1)
    batcher.abort()
    await expect(mate).rejects.toThrow('aborted')
  })

  it('keeps nothing after it timed out, though the batch never ends', async () => {
    const clock = new ManualClock()
    const batcher = new Batcher<Thing, Thing>(hang, { clock, timeout: 100 })
    const references = await passThrough(batcher, async () => {
      await clock.advance(100)
    })
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().abandoned).toBe(1)
  })

  it('keeps nothing after abort() in the queue', async () => {
    const batcher = new Batcher<Thing, Thing>(hang, { maxQueueTime: Infinity })
    const references = await passThrough(batcher, () => {
      batcher.abort(thing('reason'))
    })
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.state).toBe('closed')
  })

  it('keeps nothing after abort() in flight, though the batch never ends', async () => {
    const batcher = new Batcher<Thing, Thing>(hang)
    const references = await passThrough(batcher, async () => {
      await settle()
      batcher.abort(thing('reason'))
    })
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.activeCount).toBe(1)
  })

  it('keeps nothing of a call that it refused', async () => {
    const batcher = new Batcher<Thing, Thing>(hang, { maxQueueSize: 1, maxQueueTime: Infinity })
    const others = ['in flight', 'queued'].map((name) => batcher.process(thing(name)))
    const references = await passThrough(batcher)
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().refused).toBe(1)
    batcher.abort()
    await Promise.allSettled(others)
  })

  it('keeps nothing of those who changed a setting, paused or resumed, which moves the timer', async () => {
    const batcher = new Batcher((items: Thing[]) => items, { maxQueueTime: 3_600_000 })
    const waiting = batcher.process(thing('waiting'))
    await settle()
    const stores = {
      setting: await leaveBehind(() => {
        batcher.maxQueueTime = 7_200_000
      }),
      resume: await leaveBehind(() => {
        batcher.pause()
        batcher.resume()
      }),
    }
    expect(await namesInMemory(stores)).toEqual([])
    expect(batcher.queuedCount).toBe(1)
    await batcher.flush()
    expect(await waiting).toEqual(thing('waiting'))
  })

  it('keeps nothing of those who flushed or waited for it to be idle', async () => {
    const batcher = new Batcher((items: Thing[]) => items)
    const store = await leaveBehind(async () => {
      void batcher.process(thing('item'))
      await Promise.all([batcher.flush(), batcher.onIdle()])
      await batcher.flush()
    })
    expect(await namesInMemory({ store })).toEqual([])
    expect(batcher.stats().fulfilled).toBe(1)
  })

  it('keeps nothing with captureStacks either', async () => {
    const batcher = new Batcher<Thing, Thing>(() => [new Error('the item failed')], {
      captureStacks: true,
    })
    const references = await passThrough(batcher)
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().rejected).toBe(1)
  })
})

describe('the memory of a Batcher', () => {
  it('does not grow with the batches that went through, however they ended', async () => {
    const random = randomNumbers(20_251_121)
    const batcher = new Batcher<number, object>(
      (items) => {
        const dice = random()
        if (dice < 0.1) throw new Error('the batch failed')
        if (dice < 0.2) return [] // a wrong length
        const values = items.map((item) => (item < 0.1 ? new Error('the item failed') : { item }))
        return dice < 0.6 ? values : settle().then(() => values)
      },
      { maxBatchSize: 5, concurrency: 3, maxQueueSize: 12, overflow: 'wait', timeout: 1000 },
    )
    const shared = new AbortController()
    const rounds = async (count: number): Promise<void> => {
      for (let round = 0; round < count; round += 1) {
        const own = new AbortController()
        const promises = [undefined, own.signal, shared.signal].flatMap((signal) =>
          Array.from({ length: 5 }, () => batcher.process(random(), { signal })),
        )
        if (random() < 0.3) own.abort()
        await Promise.allSettled([...promises, batcher.flush()])
        if (random() < 0.1) own.abort()
      }
      await batcher.onIdle()
    }
    await rounds(2000)
    const { batches } = batcher.stats()
    const before = await heapUsed()
    await rounds(4000)
    const growth = (await heapUsed()) - before
    expect(batcher.stats().batches - batches).toBeGreaterThan(10_000)
    expect(batcher.stats()).toMatchObject({ queued: 0, waiting: 0, active: 0, abandoned: 0 })
    // 50 bytes a batch: less than what it takes to remember one of them.
    expect(growth).toBeLessThan(500_000)
  })

  it('shrinks when a batch is given up, though its function never ends', async () => {
    const clock = new ManualClock()
    const batcher = new Batcher<number, object>(hang, {
      clock,
      timeout: 10,
      maxBatchSize: Infinity,
    })
    const before = await heapUsed()
    for (let item = 0; item < 50_000; item += 1) batcher.process(item).catch(nothing)
    await clock.advance(10)
    expect((await heapUsed()) - before).toBeLessThan(1_000_000)
    expect(batcher.stats()).toMatchObject({ rejected: 50_000, abandoned: 1 })
  })

  it('does not grow with flushes of an empty queue', async () => {
    const batcher = new Batcher((items: number[]) => items)
    const flush = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) await batcher.flush()
    }
    await flush(1000)
    const before = await heapUsed()
    await flush(20_000)
    expect((await heapUsed()) - before).toBeLessThan(500_000)
    expect(batcher.state).toBe('open')
  })
})

describe('the cost of an item', () => {
  it('does not depend on how many are queued', async () => {
    const ratio = await compare(queueAndServe, 1000, 1_000_000)
    expect(ratio).toBeLessThan(8)
  }, 60_000)

  it('does not depend on how many are queued when callers abort', async () => {
    const ratio = await compare(queueAndAbort, 1000, 20_000)
    expect(ratio).toBeLessThan(8)
  }, 60_000)
})

/** Numbers from 0 to 1, the same in each run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function queueAndServe(length: number): Promise<void> {
  const batcher = new Batcher((items: number[]) => items)
  batcher.pause()
  for (let item = 0; item < length; item += 1) void batcher.process(item)
  batcher.resume()
  await batcher.onIdle()
}

/** Every second caller aborts, the youngest first, then those who stay are served. */
async function queueAndAbort(length: number): Promise<void> {
  const batcher = new Batcher((items: number[]) => items)
  batcher.pause()
  const controllers = Array.from({ length: length / 2 }, (_, index) => {
    const controller = new AbortController()
    batcher.process(index, { signal: controller.signal }).catch(nothing)
    void batcher.process(index)
    return controller
  })
  for (const controller of controllers.toReversed()) controller.abort('left')
  batcher.resume()
  await batcher.onIdle()
}

/** CPU time per item with `many` items over that with `few`, each the least of some rounds. */
async function compare(
  work: (length: number) => Promise<void>,
  few: number,
  many: number,
): Promise<number> {
  const costs = { few: Infinity, many: Infinity }
  for (let round = 0; round < 2; round += 1) {
    costs.few = Math.min(costs.few, await cpuTimePerItem(work, few, 20))
    costs.many = Math.min(costs.many, await cpuTimePerItem(work, many, 1))
  }
  return costs.many / costs.few
}

async function cpuTimePerItem(
  work: (length: number) => Promise<void>,
  length: number,
  repetitions: number,
): Promise<number> {
  const start = process.cpuUsage()
  for (let repetition = 0; repetition < repetitions; repetition += 1) await work(length)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / (length * repetitions)
}
