import { describe, expect, it } from 'vitest'

import { findService } from '../services.ts'
import { maxDeadLetters, outstanding, runBounded } from './bounded/run.ts'

/** The short form: `bounded/run.ts` sends a million items. */
describe.skipIf(findService('redis-server') === undefined)('what is in Redis', () => {
  it('is bounded by what is outstanding, and gone in the end', { timeout: 120_000 }, async () => {
    const items = 20_000
    const run = await runBounded(items)
    expect(run.done + run.givenUp + run.left).toBe(items)
    expect(run.givenUp).toBe(items / 2000)
    expect(run.samples).toBeGreaterThan(3)
    // Eleven of the queue, and two for each client.
    expect(run.keys).toBeLessThanOrEqual(15)
    const { dead = 0, graves = 0, ...others } = run.entries
    expect(Math.max(dead, graves)).toBeLessThanOrEqual(maxDeadLetters)
    // What is on its way of both clients, and as much that is settled and not told of yet.
    for (const [key, most] of Object.entries(others)) {
      expect({ key, most: Math.min(most, 4 * outstanding) }).toEqual({ key, most })
    }
    expect(run.dead).toBe(Math.min(run.givenUp, maxDeadLetters))
    expect(run.rest).toEqual(['{jitney:bounded}:bell', '{jitney:bounded}:counter'])
  })
})
