import { asCompleted, map, mapIterable } from 'jitney'
import { deferred } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { heapUsed, namesInMemory } from '../support/memory.ts'
import { manualCalls } from './manual-calls.ts'

const iterators: Record<string, typeof mapIterable> = { mapIterable, asCompleted }

describe.each(Object.entries(iterators))('the memory of %s', (_name, iterate) => {
  it('is that of what is in flight, not of what the source has, nor of signals that were read', async () => {
    const count = 200_000
    const concurrency = 100
    let pulled = 0
    let taken = 0
    let furthest = 0
    function* source(): Generator<{ index: number }> {
      for (; pulled < count; pulled += 1) {
        furthest = Math.max(furthest, pulled - taken)
        yield { index: pulled }
      }
    }
    const { signal } = new AbortController()
    const options = { concurrency, signal, buffer: 0 }
    const results = iterate(
      source(),
      async (item, _index, context) => {
        await null
        return { ...item, aborted: context.signal.aborted }
      },
      iterate === mapIterable ? options : { concurrency, signal },
    )
    let before = 0
    let growth = 0
    for await (const { aborted } of results) {
      taken += 1
      expect(aborted).toBe(false)
      if (taken === 2000) before = await heapUsed()
      if (taken === count - 1000) growth = (await heapUsed()) - before
    }
    expect(taken).toBe(count)
    expect(furthest).toBeLessThanOrEqual(concurrency)
    expect(growth).toBeLessThan(300_000)
  })
})

describe('map', () => {
  it('keeps nothing of an item that has ended', async () => {
    const items = [{ name: 'first' }, { name: 'second' }]
    const weak = {
      first: new WeakRef(items[0] as object),
      second: new WeakRef(items[1] as object),
    }
    function* source(): Generator<{ name: string }> {
      for (let item = items.shift(); item !== undefined; item = items.shift()) yield item
    }
    const end = deferred()
    const results = map(source(), async ({ name }, index, { signal }) => {
      signal.throwIfAborted()
      if (index === 1) await end.promise
      return name
    })
    expect(await namesInMemory(weak)).toEqual(['second'])
    end.resolve()
    expect(await results).toEqual(['first', 'second'])
  })

  it('aborts no signal of an item that has ended', async () => {
    const calls = manualCalls<number, number>()
    const results = map([1, 2], calls.fn)
    const signals = calls.all.map(({ context }) => context.signal)
    calls.all[0]?.resolve(1)
    await null
    await null
    calls.all[1]?.reject(new Error('two'))
    await expect(results).rejects.toThrow('two')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
  })
})
