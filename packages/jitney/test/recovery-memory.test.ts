import { Batcher, type BatcherOptions, outcome } from 'jitney'
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

/** A batch function that goes through these answers, the last one for ever. */
function answering(
  ...answers: ((items: Thing[]) => ReturnType<typeof outcome.retry>[] | Thing[])[]
) {
  let call = 0
  return (items: Thing[]) => {
    const answer = answers[Math.min(call, answers.length - 1)]
    call += 1
    return answer?.(items) ?? []
  }
}

const results = (items: Thing[]): Thing[] => items.map(({ name }) => thing(`${name}, done`))
const fail = (): never => {
  throw new Error('down')
}

/** Hands over an item and waits until its caller is settled: weak references to all it had. */
async function passThrough(
  batcher: Batcher<Thing, Thing>,
  clock: ManualClock,
  end: (controller: AbortController) => Promise<void> | void = nothing,
): Promise<Record<string, WeakRef<object>>> {
  const item = thing('item')
  const controller = new AbortController()
  const { signal } = controller
  const promise = batcher.process(item, { signal })
  const settled = Promise.allSettled([promise])
  await clock.advance(0)
  await end(controller)
  await clock.advance(1e6)
  const [result] = await settled
  return {
    item: new WeakRef(item),
    signal: new WeakRef(signal),
    promise: new WeakRef(promise),
    got: new WeakRef(result.status === 'fulfilled' ? result.value : (result.reason as object)),
  }
}

/** Two that ride along; what they get is let go of. */
async function settleMates(batcher: Batcher<Thing, Thing>): Promise<void> {
  await Promise.allSettled(['item', 'mate'].map((name) => batcher.process(thing(name))))
}

const retry = { attempts: 2 }

describe('Batcher, of a caller whose item was sent more than once,', () => {
  it.each<[string, Parameters<typeof answering>, BatcherOptions<Thing>]>([
    ['a second attempt', [fail, results], { retry }],
    ['the last failed attempt', [fail], { retry }],
    ['outcome.retry()', [(items) => items.map(() => outcome.retry()), results], {}],
    ['outcome.retry() too often', [(items) => items.map(() => outcome.retry())], {}],
    ['halves', [fail, results], { splitOnError: true }],
    ['halves that fail', [fail], { splitOnError: true, retry }],
    ['a shared item', [results], { dedupeKey: ({ name }) => name }],
    ['a shared item that is tried again', [fail, results], { dedupeKey: (item) => item, retry }],
  ])('keeps nothing after %s', async (_, answers, options) => {
    const clock = new ManualClock()
    const batcher = new Batcher<Thing, Thing>(answering(...answers), { clock, ...options })
    const mates = settleMates(batcher)
    const references = await passThrough(batcher, clock)
    await mates
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0 })
    expect(clock.timerCount).toBe(0)
  })

  it.each<[string, BatcherOptions<Thing>]>([
    ['its delay', { retry: { attempts: 2, minDelay: 1e9, maxDelay: 1e9 } }],
    ['a half', { splitOnError: true }],
    ['its delay, shared', { retry, dedupeKey: () => 'all' }],
    ['a half, shared', { splitOnError: true, dedupeKey: ({ name }) => name }],
  ])('keeps nothing after it aborted in %s, while others wait there', async (_, options) => {
    const clock = new ManualClock()
    const batcher = new Batcher<Thing, Thing>(answering(fail), { clock, ...options })
    const mates = settleMates(batcher)
    await null
    const references = await passThrough(batcher, clock, (controller) => {
      batcher.pause()
      controller.abort()
    })
    expect(await namesInMemory(references)).toEqual([])
    batcher.abort()
    await mates
  })

  it('keeps nothing after it aborted in its delay, alone', async () => {
    const clock = new ManualClock()
    const batcher = new Batcher<Thing, Thing>(answering(fail), { clock, retry })
    const references = await passThrough(batcher, clock, (controller) => {
      controller.abort()
    })
    expect(await namesInMemory(references)).toEqual([])
    expect(clock.timerCount).toBe(0)
  })

  it('keeps nothing after abort() in its delay', async () => {
    const clock = new ManualClock()
    const batcher = new Batcher<Thing, Thing>(answering(fail), { clock, retry })
    const references = await passThrough(batcher, clock, () => {
      batcher.abort(thing('reason'))
    })
    expect(await namesInMemory(references)).toEqual([])
  })

  it('keeps nothing of one who shared an item in flight and left, though the batch never ends', async () => {
    const clock = new ManualClock()
    const hung = new Promise<Thing[]>(nothing)
    const batcher = new Batcher<Thing, Thing>(() => hung, { clock, dedupeKey: () => 'all' })
    const mate = batcher.process(thing('mate'))
    const references = await passThrough(batcher, clock, (controller) => {
      controller.abort()
    })
    expect(await namesInMemory(references)).toEqual([])
    batcher.abort()
    await expect(mate).rejects.toThrow('aborted')
  })

  it('keeps no key of a shared item', async () => {
    const clock = new ManualClock()
    const batcher = new Batcher<Thing, Thing>(answering(results), {
      clock,
      dedupeKey: (item) => item,
      batchKey: ({ name }) => ({ name }),
    })
    const references = await passThrough(batcher, clock)
    expect(await namesInMemory(references)).toEqual([])
  })

  it('keeps no item for a function that looked at its entries and goes on', async () => {
    const clock = new ManualClock()
    const kept: unknown[] = []
    const batcher = new Batcher<Thing, Thing>(
      async (items, context) => {
        kept.push(context, context.entries, ...context.entries.map(({ signal }) => signal))
        return await Promise.resolve(results(items))
      },
      { clock },
    )
    const references = await passThrough(batcher, clock)
    expect(await namesInMemory(references)).toEqual([])
    expect(kept).toHaveLength(3)
  })
})

describe('the memory of a Batcher with retries, halves and shared items', () => {
  it('does not grow with what went through', async () => {
    const clock = new ManualClock()
    let calls = 0
    const batcher = new Batcher<number, object>(
      (items) => {
        calls += 1
        if (calls % 3 === 0) throw new Error('down')
        return items.map((item) => (item % 5 === calls % 5 ? outcome.retry() : { item }))
      },
      {
        clock,
        dedupeKey: (item) => item % 50,
        batchKey: (item) => item % 2,
        retry: { attempts: 2, minDelay: 1 },
        splitOnError: true,
        maxBatchSize: 10,
        concurrency: 3,
      },
    )
    const round = async (): Promise<void> => {
      const controller = new AbortController()
      for (let item = 0; item < 100; item += 1) {
        const signal = item % 7 === 0 ? controller.signal : undefined
        batcher.process(item, { signal }).catch(nothing)
      }
      await settle()
      controller.abort()
      await clock.advance(1000)
    }
    for (let index = 0; index < 50; index += 1) await round()
    const before = await heapUsed()
    for (let index = 0; index < 300; index += 1) await round()
    expect((await heapUsed()) - before).toBeLessThan(1_000_000)
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0 })
    expect(clock.timerCount).toBe(0)
  })
})
