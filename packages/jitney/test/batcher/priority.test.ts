import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { endUntil } from '../support/callers.ts'
import { departuresOn, range } from '../support/departures.ts'
import { observe } from '../support/observe.ts'

/** Hands over items that are named after their priorities: 'a+1', 'b-2.5', 'c' (0). */
function processByName(batcher: Batcher<string, string>, names: readonly string[]): void {
  for (const name of names) {
    const priority = name.length === 1 ? undefined : Number(name.slice(1))
    observe(batcher.process(name, { priority }))
  }
}

describe('the priority of Batcher.process()', () => {
  it('lets higher numbers leave first, and equal ones in the order in which they came', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 3 })
    batcher.pause()
    processByName(batcher, ['a', 'b-1', 'c+2', 'd', 'e+0.5', 'f+2', 'g-1', 'h+0', 'i-0'])
    batcher.resume()
    await settle()
    await endUntil(batches, 3)
    expect(batches.items).toEqual([
      ['c+2', 'f+2', 'e+0.5'],
      ['a', 'd', 'h+0'],
      ['i-0', 'b-1', 'g-1'],
    ])
  })

  it('may be any finite number', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction)
    batcher.pause()
    const { MAX_VALUE, MIN_VALUE, MAX_SAFE_INTEGER } = Number
    const priorities = [-MAX_VALUE, -1e-9, MIN_VALUE, 0.25, MAX_SAFE_INTEGER, MAX_VALUE]
    const names = priorities.map((priority, index) => `${index}+${priority}`)
    for (const [index, name] of names.entries()) {
      observe(batcher.process(name, { priority: priorities[index] }))
    }
    batcher.resume()
    await settle()
    expect(batches.items.map((items) => items.map((name) => Number(name[0])))).toEqual([
      [5, 4, 3, 2, 1, 0],
    ])
  })

  it('does not let an item leave earlier: its window and the size of the batch stand', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 100, maxBatchSize: 3, clock })
    void batcher.process(1, { priority: 1000 })
    await clock.advance(60)
    void batcher.process(2, { priority: 2000 })
    await clock.advance(1000)
    expect(departures).toEqual([{ at: 100, items: [2, 1], reason: 'time' }])
  })

  it('stops no batch that runs', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction)
    processByName(batcher, ['a'])
    await settle()
    processByName(batcher, ['b+9'])
    await settle()
    expect(batches.items).toEqual([['a']])
    expect(batches.calls[0]?.context.signal.aborted).toBe(false)
  })

  it('is that of all items of processAll, processAllSettled and processIterable', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    void batcher.process(-1)
    await settle()
    const none = observe(batcher.processAll([0, 1]))
    const low = observe(batcher.processAllSettled([2, 3], { priority: -1 }))
    const high = observe(batcher.processAll([4, 5], { priority: 1 }))
    const highest = observe(batcher.processIterable([6], { priority: 2 }).next())
    await settle()
    batches.calls[0]?.resolve([-1])
    await settle()
    expect(batches.items[1]).toEqual([6, 4, 5, 0, 1, 2, 3])
    batches.calls[1]?.resolve(batches.calls[1].items)
    await settle()
    expect([none.value, high.value]).toEqual([
      [0, 1],
      [4, 5],
    ])
    expect(low.value).toMatchObject([{ value: 2 }, { value: 3 }])
    expect(highest.value).toEqual({ done: false, value: 6 })
  })

  it('works for falsy items', async () => {
    const batches = manualBatches<unknown, unknown>()
    const batcher = new Batcher(batches.batchFunction)
    batcher.pause()
    const items = [undefined, 0, '', null, NaN, false]
    for (const [priority, item] of items.entries()) {
      observe(batcher.process(item, { priority }))
    }
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([items.toReversed()])
  })

  it('orders items that came before the first that has one', async () => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    batcher.pause()
    processByName(batcher, ['a', 'b', 'c', 'd-1', 'e', 'f+1'])
    batcher.resume()
    await settle()
    await endUntil(batches, 3)
    expect(batches.items).toEqual([
      ['f+1', 'a'],
      ['b', 'c'],
      ['e', 'd-1'],
    ])
  })
})

describe('the age of queued items', () => {
  it.each([
    [999, ['new+1', 'old']],
    [1000, ['old', 'new+1']],
    [1001, ['old', 'new+1']],
  ])('is worth a point of priority per second (%d ms)', async (age, expected) => {
    const clock = new ManualClock(12_345)
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    batcher.pause()
    void batcher.process('old')
    await clock.advance(age)
    void batcher.process('new+1', { priority: 1 })
    await clock.advance(5000)
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([expected])
  })

  it('counts for fractions and for priorities below 0 alike', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { clock })
    batcher.pause()
    void batcher.process('low', { priority: -1.5 })
    await clock.advance(1400)
    void batcher.process('none')
    await clock.advance(50)
    void batcher.process('a bit less', { priority: -0.025 })
    await clock.advance(100)
    void batcher.process('later')
    batcher.resume()
    await settle()
    expect(batches.items).toEqual([['none', 'a bit less', 'low', 'later']])
  })

  it('is that of the call, for those who waited for room', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, {
      clock,
      maxBatchSize: 2,
      maxQueueSize: 2,
      overflow: 'wait',
    })
    batcher.pause()
    for (const item of ['x1', 'x2', 'old']) void batcher.process(item)
    await clock.advance(1500)
    void batcher.process('new', { priority: 1 })
    batcher.resume()
    await settle()
    batches.calls[0]?.resolve(['', ''])
    await settle()
    expect(batches.items[1]).toEqual(['old', 'new'])
  })

  it('is read once per turn: items of one turn go by their priority alone', async () => {
    const manual = new ManualClock()
    let reads = 0
    const clock = {
      now: () => {
        reads += 1
        return manual.now() + reads * 10_000
      },
      setTimeout: (callback: () => void, delay: number) => manual.setTimeout(callback, delay),
      clearTimeout: (timer: unknown) => {
        manual.clearTimeout(timer)
      },
    }
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { clock, maxQueueTime: Infinity })
    batcher.pause()
    processByName(batcher, ['a', 'b+1', 'c-1', 'd+1'])
    expect(reads).toBe(1)
    batcher.resume()
    void batcher.flush()
    await settle()
    expect(batches.items).toEqual([['b+1', 'd+1', 'a', 'c-1']])
  })

  it('lets nobody starve under a stream of higher priorities', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 1, clock })
    for (const item of ['first', 'high', 'high']) {
      observe(batcher.process(item, { priority: 5 }))
    }
    await settle()
    const low = observe(batcher.process('low'))
    for (const round of range(100)) {
      await clock.advance(100)
      observe(batcher.process('high', { priority: 5 }))
      batches.calls[round]?.resolve([''])
      await settle()
    }
    // One leaves every 100 ms, behind two that wait. Those that come from 5000 ms on are behind it.
    expect(low.status).toBe('fulfilled')
    expect(batches.items.findIndex(([item]) => item === 'low')).toBe(52)
  })
})
