import { Batcher, type BatcherOptions, type Processor } from 'jitney'
import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { namesInMemory } from './support/memory.ts'
import { observe } from './support/observe.ts'

/** An item with the object that is its key. */
interface Thing {
  readonly name: string
  readonly key: object
}

function thing(name: string): Thing {
  return { name, key: { of: name } }
}

const byKey: BatcherOptions<Thing> = {
  batchKey: ({ key }) => key,
  weight: { of: () => 1, max: 100 },
}

/** Hands over items of one key that nobody keeps; gives weak references to them and to the key. */
function leaveBehind(
  batcher: Processor<Thing, unknown>,
  names: readonly string[],
  { priority, abort = false }: { priority?: number; abort?: boolean } = {},
): Record<string, WeakRef<object>> {
  const key = { of: names }
  const references: Record<string, WeakRef<object>> = {
    [`the key of ${names.join()}`]: new WeakRef(key),
  }
  for (const name of names) {
    const controller = new AbortController()
    const item = { name, key }
    references[name] = new WeakRef(item)
    observe(batcher.process(item, { priority, signal: controller.signal }))
    if (abort) controller.abort()
  }
  return references
}

describe('Batcher, of a key that was used once,', () => {
  it('keeps nothing after its items were served', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(({ name }) => name), byKey)
    const references = leaveBehind(batcher, ['a', 'b'])
    await batcher.onIdle()
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats().fulfilled).toBe(2)
  })

  it('keeps nothing after its items were served, while older ones of another key wait', async () => {
    const clock = new ManualClock()
    const batcher = new Batcher((items: Thing[]) => items.map(({ name }) => name), {
      ...byKey,
      clock,
      maxBatchSize: 2,
      maxQueueTime: 1000,
    })
    observe(batcher.process(thing('waits')))
    const references = leaveBehind(batcher, ['a', 'b'])
    await settle()
    expect(batcher.stats()).toMatchObject({ fulfilled: 2, queued: 1 })
    expect(await namesInMemory(references)).toEqual([])
    await batcher.close()
  })

  it('keeps nothing after its callers aborted, while others of other keys wait', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(({ name }) => name), {
      ...byKey,
      maxQueueTime: 3_600_000,
    })
    observe(batcher.process(thing('before')))
    await settle()
    const references = leaveBehind(batcher, ['a', 'b'], { abort: true })
    observe(batcher.process(thing('after')))
    await settle()
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.queuedCount).toBe(2)
    await batcher.close()
  })

  it('keeps nothing after its callers aborted while it was paused, though nothing leaves', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(({ name }) => name), {
      ...byKey,
      maxBatchSize: 1,
    })
    batcher.pause()
    const references = leaveBehind(batcher, ['a', 'b'], { abort: true })
    await settle()
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.queuedCount).toBe(0)
  })

  it('keeps nothing of a call that it refused, or whose weight it could not tell', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(({ name }) => name), {
      ...byKey,
      weight: {
        of: ({ name }) => {
          if (name === 'b') throw new Error('no idea')
          return 1
        },
        max: 10,
      },
      maxQueueSize: 1,
    })
    batcher.pause()
    observe(batcher.process(thing('first')))
    const references = leaveBehind(batcher, ['a', 'b'])
    await settle()
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.stats()).toMatchObject({ queued: 1, refused: 1 })
    await batcher.close()
  })

  it('keeps nothing after abort(), though a batch never ends', async () => {
    const batcher = new Batcher<Thing, string>(() => new Promise(() => undefined), byKey)
    const { running } = leaveBehind(batcher, ['running'])
    const references = { running, ...leaveBehind(batcher, ['queued', 'queued too']) }
    await settle()
    batcher.abort()
    await settle()
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.activeCount).toBe(1)
  })
})

describe('Batcher, of an item that has left,', () => {
  it('keeps nothing, while one of lower priority waits', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(({ name }) => name), {
      maxBatchSize: 2,
      maxQueueTime: 3_600_000,
    })
    batcher.pause()
    observe(batcher.process(thing('waits')))
    const references = leaveBehind(batcher, ['a', 'b'], { priority: 1 })
    batcher.resume()
    await settle()
    expect(batcher.stats()).toMatchObject({ fulfilled: 2, queued: 1 })
    expect(await namesInMemory(references)).toEqual([])
    await batcher.close()
  })

  it('keeps nothing, when its caller aborted among others with priorities', async () => {
    const batcher = new Batcher((items: Thing[]) => items.map(({ name }) => name), {
      maxQueueTime: 3_600_000,
    })
    observe(batcher.process(thing('waits'), { priority: 1 }))
    const references = leaveBehind(batcher, ['a', 'b'], { priority: 2, abort: true })
    observe(batcher.process(thing('waits too')))
    await settle()
    expect(await namesInMemory(references)).toEqual([])
    expect(batcher.queuedCount).toBe(2)
    await batcher.close()
  })
})
