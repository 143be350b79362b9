import { Batcher } from 'jitney'
import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { departuresOn, range } from '../support/departures.ts'
import { observe } from '../support/observe.ts'

describe('items with a priority, most of which leave before their batch', () => {
  it('go in the order of their priorities, whoever left', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { clock, maxBatchSize: 1000, maxQueueTime: 50 })
    // No two are the same, and neighbours are far apart.
    const priorityOf = (item: number): number => (item * 67) % 400
    const controllers = range(400).map((item) => {
      const controller = new AbortController()
      const { signal } = controller
      observe(batcher.process(item, { signal, priority: priorityOf(item) }))
      return controller
    })
    await settle()
    const isKept = (item: number): boolean => item % 4 === 1
    controllers.forEach((controller, item) => {
      if (!isKept(item)) controller.abort()
    })
    expect(batcher.queuedCount).toBe(100)
    await clock.advance(50)
    const kept = range(400).filter(isKept)
    expect(departures.map(({ items }) => items)).toEqual([
      kept.toSorted((left, right) => priorityOf(right) - priorityOf(left)),
    ])
  })
})
