import { Batcher } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it, vi } from 'vitest'
import { departuresOn, processAtDepth, range } from '../support/departures.ts'
import { observe } from '../support/observe.ts'

const year = 365 * 24 * 3600 * 1000

describe('Batcher.maxQueueTime in milliseconds', () => {
  it('counts once from the arrival of the oldest item, never re-armed by later ones', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 100, clock })
    void batcher.process(1)
    await clock.advance(95)
    void batcher.process(2)
    await clock.advance(85)
    void batcher.process(3)
    await clock.advance(1000)
    expect(departures).toEqual([
      { at: 100, items: [1, 2], reason: 'time' },
      { at: 280, items: [3], reason: 'time' },
    ])
  })

  it('starts with the first item of the batch, not with a loop that runs beside it', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 200, clock })
    await clock.advance(150)
    void batcher.process(1)
    await clock.advance(1000)
    expect(departures).toEqual([{ at: 350, items: [1], reason: 'time' }])
  })

  it('counts the time that an item waited for a slot', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: 100, clock })
    void batcher.process(1)
    await clock.advance(100)
    expect(batches.items).toEqual([[1]])
    void batcher.process(2)
    await clock.advance(250)
    void batcher.process(3)
    await settle()
    expect(clock.timerCount).toBe(0)

    batches.calls[0]?.resolve([1])
    await settle()
    expect(clock.now()).toBe(350)
    expect(batches.items[1]).toEqual([2, 3])
  })

  it('waits for the rest of the window when a slot comes free before its end', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: 100, clock })
    void batcher.process(1)
    await clock.advance(150)
    void batcher.process(2)
    await clock.advance(30)
    batches.calls[0]?.resolve([1])
    await clock.advance(69)
    expect(batches.calls).toHaveLength(1)
    await clock.advance(1)
    expect(clock.now()).toBe(250)
    expect(batches.items[1]).toEqual([2])
  })

  it('starves nobody in a steady stream', async () => {
    const clock = new ManualClock()
    const departures: { at: number; oldest: number | undefined }[] = []
    const batcher = new Batcher(
      (arrivals: number[]) => {
        departures.push({ at: clock.now(), oldest: arrivals[0] })
      },
      { maxQueueTime: 100, clock },
    )
    for (let step = 0; step < 20; step += 1) {
      void batcher.process(clock.now())
      await clock.advance(60)
    }
    await clock.advance(100)
    expect(departures.map(({ at, oldest }) => at - (oldest ?? NaN))).toEqual(Array(10).fill(100))
    expect(batcher.stats().fulfilled).toBe(20)
  })

  it('gives a full window to the item that comes after a batch left by its size', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 100, maxBatchSize: 2, clock })
    void batcher.process(1)
    await clock.advance(90)
    void batcher.process(2)
    await settle()
    expect(clock.timerCount).toBe(0)
    void batcher.process(3)
    await clock.advance(1000)
    expect(departures).toEqual([
      { at: 90, items: [1, 2], reason: 'size' },
      { at: 190, items: [3], reason: 'time' },
    ])
  })

  it('cuts the batch when a slot takes it, so that later arrivals ride along', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: 10, maxBatchSize: 4, clock })
    void batcher.process(0)
    await clock.advance(10)
    for (const item of [1, 2, 3, 4, 5]) {
      void batcher.process(item)
      await clock.advance(20)
    }
    expect(batches.items).toEqual([[0]])
    expect(batcher.queuedCount).toBe(5)
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items[1]).toEqual([1, 2, 3, 4])
    batches.calls[1]?.resolve([1, 2, 3, 4])
    await settle()
    expect(batches.items[2]).toEqual([5])
  })

  it('does not leave on a timer that fires early', async () => {
    const manual = new ManualClock()
    const delays: number[] = []
    const clock = {
      now: () => manual.now(),
      setTimeout: (callback: () => void, delay: number) => {
        delays.push(delay)
        return manual.setTimeout(callback, delays.length === 1 ? 75 : delay)
      },
      clearTimeout: (timer: unknown) => {
        manual.clearTimeout(timer)
      },
    }
    const { departures, batchFunction } = departuresOn(manual)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 100, clock })
    void batcher.process(1)
    await manual.advance(1000)
    expect(departures).toEqual([{ at: 100, items: [1], reason: 'time' }])
    expect(delays).toEqual([100, 25])
  })

  it('leaves at the end of the turn at 0, and sets no timer', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: 0, clock })
    for (const depth of [0, 1, 3, 10]) void processAtDepth(batcher, depth, depth)
    await null
    expect(batches.calls).toHaveLength(0)
    expect(clock.timerCount).toBe(0)
    await settle()
    expect(batches.items).toEqual([[0, 1, 3, 10]])
    expect(batches.calls[0]?.context.reason).toBe('time')
    expect(clock.timerCount).toBe(0)
  })

  it('keeps a window of less than a millisecond', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { maxQueueTime: 0.5, clock })
    void batcher.process(1)
    await clock.advance(0.25)
    expect(departures).toEqual([])
    await clock.advance(0.25)
    expect(departures).toEqual([{ at: 0.5, items: [1], reason: 'time' }])
  })

  it('sets no timer at Infinity: only a full batch leaves', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, {
      maxQueueTime: Infinity,
      maxBatchSize: 2,
      clock,
    })
    void batcher.process(1)
    await clock.advance(10 * year)
    expect(clock.timerCount).toBe(0)
    expect(batches.calls).toHaveLength(0)
    void batcher.process(2)
    await settle()
    expect(batches.items).toEqual([[1, 2]])
  })

  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 33 + 0.5])(
    'keeps a window of %d ms, beyond what a timer can hold',
    async (maxQueueTime) => {
      const manual = new ManualClock()
      const delays: number[] = []
      const clock = {
        now: () => manual.now(),
        setTimeout: (callback: () => void, delay: number) => {
          delays.push(delay)
          return manual.setTimeout(callback, delay)
        },
        clearTimeout: (timer: unknown) => {
          manual.clearTimeout(timer)
        },
      }
      const { departures, batchFunction } = departuresOn(manual)
      const batcher = new Batcher(batchFunction, { maxQueueTime, clock })
      void batcher.process(1)
      await manual.advance(maxQueueTime - 0.5)
      expect(departures).toEqual([])
      await manual.advance(0.5)
      expect(departures).toEqual([{ at: maxQueueTime, items: [1], reason: 'time' }])
      expect(Math.max(...delays)).toBeLessThanOrEqual(2 ** 31 - 1)
      expect(manual.timerCount).toBe(0)
    },
  )

  it('holds a timer only while something waits', async () => {
    const clock = new ManualClock()
    const batches = manualBatches<number, number>()
    const controller = new AbortController()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: 100, clock })
    expect(clock.timerCount).toBe(0)

    const aborted = observe(batcher.process(1, { signal: controller.signal }))
    await settle()
    expect(clock.timerCount).toBe(1)
    controller.abort()
    await settle()
    expect(aborted.status).toBe('rejected')
    expect(clock.timerCount).toBe(0)

    void batcher.process(2)
    await clock.advance(100)
    expect(clock.timerCount).toBe(0)
    void batcher.process(3)
    await settle()
    expect(clock.timerCount).toBe(0)
    batches.calls[0]?.resolve([2])
    await settle()
    expect(clock.timerCount).toBe(1)
    await clock.advance(100)
    batches.calls[1]?.resolve([3])
    await settle()
    expect(clock.timerCount).toBe(0)
  })

  it('measures from the oldest that still waits, once an older caller aborted', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const controller = new AbortController()
    const batcher = new Batcher(batchFunction, { maxQueueTime: 100, clock })
    const aborted = observe(batcher.process(1, { signal: controller.signal }))
    await clock.advance(60)
    void batcher.process(2)
    await clock.advance(20)
    controller.abort()
    await clock.advance(1000)
    expect(aborted.status).toBe('rejected')
    expect(departures).toEqual([{ at: 160, items: [2], reason: 'time' }])
  })

  it('needs no time to be read where there is no window, however many items come', async () => {
    const clock = new ManualClock()
    const now = vi.spyOn(clock, 'now')
    const batcher = new Batcher((items: number[]) => items, { maxQueueTime: 0, clock })
    for (const item of range(10)) void batcher.process(item)
    await settle()
    // The beginning of the turn, the call, its deadline and its end.
    expect(now).toHaveBeenCalledTimes(4)
  })
})

describe("Batcher.maxQueueTime 'adaptive'", () => {
  it('lets a lone item leave at the end of its turn, without time passing', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { clock })
    const result = observe(batcher.process(7))
    await settle()
    expect(result).toEqual({ status: 'fulfilled', value: 7 })
    expect(departures).toEqual([{ at: 0, items: [7], reason: 'idle' }])
    expect(clock.timerCount).toBe(0)
  })

  it('adds no wait for a caller who awaits each call', async () => {
    const clock = new ManualClock()
    const { departures, batchFunction } = departuresOn(clock)
    const batcher = new Batcher(batchFunction, { clock })
    for (const item of range(20)) expect(await batcher.process(item)).toBe(item)
    expect(departures).toEqual(range(20).map((item) => ({ at: 0, items: [item], reason: 'idle' })))
  })

  it('lets callers at await depths 0, 1, 3 and 10 of one turn ride together', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    for (const depth of [10, 3, 1, 0]) void processAtDepth(batcher, depth, depth)
    await settle()
    expect(batches.items).toEqual([[0, 1, 3, 10]])
  })

  it('fills while busy and sends the oldest first when the slot comes free', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 10 })
    for (const item of range(25)) {
      void batcher.process(item)
      await settle()
    }
    expect(batches.items).toEqual([[0]])
    expect(batcher.queuedCount).toBe(24)
    batches.calls[0]?.resolve([0])
    await settle()
    expect(batches.items[1]).toEqual(range(10, 1))
    batches.calls[1]?.resolve(range(10, 1))
    await settle()
    expect(batches.items[2]).toEqual(range(10, 11))
    batches.calls[2]?.resolve(range(10, 11))
    await settle()
    expect(batches.items[3]).toEqual(range(4, 21))
  })

  it('leaves at the end of the turn beside batches that run, while a slot is free', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { concurrency: 2 })
    void batcher.process(1)
    await settle()
    for (const depth of [0, 5]) void processAtDepth(batcher, 2 + depth, depth)
    await settle()
    expect(batches.items).toEqual([[1], [2, 7]])
    expect(batches.calls.map((call) => call.context.reason)).toEqual(['idle', 'slot'])
    void batcher.process(9)
    await settle()
    expect(batches.calls).toHaveLength(2)
  })

  it.each([
    ['alone', { concurrency: 1 }],
    ['beside another that runs', { concurrency: 2 }],
    ['with a window of 0', { concurrency: 1, maxQueueTime: 0 }],
  ])('lets the callers of a batch that ends %s join those who wait already', async (_, options) => {
    const batches = manualBatches<string, string>()
    const batcher = new Batcher(batches.batchFunction, options)
    const loop = async (name: string) => {
      await batcher.process(`${name}1`)
      await batcher.process(`${name}2`)
    }
    for (let other = 1; other < options.concurrency; other += 1) {
      void batcher.process('other')
      await settle()
    }
    const loops = Promise.all([loop('a'), loop('b')])
    await settle()
    void batcher.process('c1')
    await settle()
    batches.calls.at(-1)?.resolve(['', ''])
    await settle()
    expect(batches.items.slice(-2)).toEqual([
      ['a1', 'b1'],
      ['c1', 'a2', 'b2'],
    ])
    batches.calls.at(-1)?.resolve(['', '', ''])
    await loops
  })

  it('sends a full batch at once and lets the rest of the turn ride in the next', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxBatchSize: 2 })
    for (const item of range(5)) void batcher.process(item)
    await settle()
    expect(batches.items).toEqual([[0, 1]])
    batches.calls[0]?.resolve([0, 1])
    await settle()
    expect(batches.items[1]).toEqual([2, 3])
    batches.calls[1]?.resolve([2, 3])
    await settle()
    expect(batches.items[2]).toEqual([4])
  })
})

describe('Batcher and its clock', () => {
  it('costs nothing before its first item: no time is read, no timer set', async () => {
    let calls = 0
    const count = () => {
      calls += 1
      return 0
    }
    const clock = { now: count, setTimeout: count, clearTimeout: count }
    const batcher = new Batcher((items: number[]) => items, { maxQueueTime: 5, timeout: 5, clock })
    await settle()
    expect(batcher.state).toBe('open')
    expect(calls).toBe(0)
  })

  it('reads the time once per turn, not per item', async () => {
    const manual = new ManualClock()
    let reads = 0
    const clock = {
      now: () => {
        reads += 1
        return manual.now()
      },
      setTimeout: (callback: () => void, delay: number) => manual.setTimeout(callback, delay),
      clearTimeout: (timer: unknown) => {
        manual.clearTimeout(timer)
      },
    }
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { maxQueueTime: Infinity, clock })
    for (const item of range(90)) void batcher.process(item)
    expect(reads).toBe(1)
    await settle()
    const readsOfOneTurn = reads
    void batcher.process(90)
    await settle()
    expect(reads - readsOfOneTurn).toBe(1)
  })
})
