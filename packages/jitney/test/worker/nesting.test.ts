import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isWithinLevels } from '../../src/worker/nesting.ts'
import { nest } from '../fixtures/threads.ts'
import { rejectionOf, setUpThreads } from './programs.ts'

describe('threadBatch() with values in values', () => {
  it.each([
    ['result', 4000, 'JITNEY_RESULT_NOT_SENDABLE'],
    ['result', 8000, 'JITNEY_RESULT_NOT_SENDABLE'],
    ['result', 100_000, 'JITNEY_RESULT_NOT_SENDABLE'],
    ['item', 8000, 'JITNEY_ITEM_NOT_SENDABLE'],
    ['item', 100_000, 'JITNEY_ITEM_NOT_SENDABLE'],
  ])('fails a %s alone that is nested %i times', async (what, levels, code) => {
    const { batcher, workers, end } = setUpThreads<unknown, unknown>('nested')
    const bad = what === 'item' ? nest(levels) : levels
    const settled = await batcher.processAllSettled([3, bad, nest(3)])
    expect(settled).toMatchObject([{ value: nest(3) }, { reason: { code } }, { value: 3 }])
    expect(workers.stats()).toMatchObject({ starts: 1, crashes: 0, batches: 1 })
    await end()
  })

  it('takes a thousand levels both ways', async () => {
    const { batcher, end } = setUpThreads<unknown, unknown>('nested')
    const [result, levels] = await batcher.processAll([1000, nest(1000)])
    expect(isWithinLevels(result, 1000)).toBe(true)
    expect(levels).toBe(1000)
    await end()
  })

  it('fails an item alone that a thread with a small stack could not read', async () => {
    const { batcher, workers, end } = setUpThreads<unknown, unknown>('nested', {
      memory: { stackSizeMb: 1 },
    })
    const settled = await batcher.processAllSettled([1, nest(3000), nest(1000)])
    expect(settled).toMatchObject([
      { value: [0] },
      { reason: { code: 'JITNEY_ITEM_NOT_SENDABLE', message: expect.stringContaining('1000') } },
      { value: 1000 },
    ])
    expect(workers.stats()).toMatchObject({ starts: 1, crashes: 0 })
    await end()
  })

  it('carries over errors that are their own cause', async () => {
    const { batcher, workers, end } = setUpThreads<string, unknown>('circular')
    const error = await rejectionOf(batcher.process('a loop'))
    expect(error).toMatchObject({ message: 'a loop', cause: { message: 'a loop' } })
    expect(workers.stats()).toMatchObject({ starts: 1, lostBatches: 0 })
    await end()
  })
})

describe('isWithinLevels()', () => {
  it('counts levels of plain values as their nesting is', () => {
    fc.assert(
      fc.property(fc.object({ withMap: true, withSet: true, maxDepth: 5 }), (value) => {
        const levels = levelsOf(value)
        expect(isWithinLevels(value, levels)).toBe(true)
        expect(isWithinLevels(value, levels - 1)).toBe(levels === 0)
      }),
    )
  })

  it('ends for values that hold themselves, and follows a list from its first element on', () => {
    const loop: unknown[] = []
    loop.push(loop)
    expect(isWithinLevels(loop, 1)).toBe(true)
    const links = Array.from({ length: 100 }, (): { next?: unknown } => ({}))
    for (const [index, link] of links.entries()) link.next = links[index + 1]
    // As a copy does: all the others lie in the first.
    expect(isWithinLevels(links, 100)).toBe(false)
    expect(isWithinLevels(links, 101)).toBe(true)
  })
})

/** The same by recursion. */
function levelsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const parts =
    value instanceof Map
      ? [...value].flat()
      : value instanceof Set
        ? [...value]
        : Object.values(value)
  return 1 + Math.max(0, ...parts.map(levelsOf))
}
