import { Batcher } from 'jitney'
import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { range } from '../support/departures.ts'
import { stubJitter } from '../support/jitter.ts'
import { processEach, statuses } from '../support/observe.ts'

interface Delays {
  readonly minDelay?: number | undefined
  readonly maxDelay?: number | undefined
}

/** The milliseconds between the attempts of an item that always fails. */
async function delaysOf(attempts: number, delays: Delays = {}, items = 2): Promise<number[]> {
  const clock = new ManualClock(1000)
  const times: number[] = []
  const batcher = new Batcher<number, number>(
    () => {
      times.push(clock.now())
      throw new Error('down')
    },
    { retry: { attempts, ...delays }, clock },
  )
  const callers = processEach(batcher, range(items))
  await clock.advance(1e12)
  expect(statuses(callers)).toEqual(range(items).map(() => 'rejected'))
  expect(times).toHaveLength(attempts)
  expect(clock.timerCount).toBe(0)
  return times.slice(1).map((time, index) => time - (times[index] ?? Number.NaN))
}

function expectDelays(delays: readonly number[], expected: readonly number[]): void {
  expect(delays).toHaveLength(expected.length)
  for (const [index, delay] of delays.entries()) {
    expect(delay).toBeCloseTo(expected[index] ?? Number.NaN, 3)
  }
}

describe('the delay before another attempt', () => {
  const most = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]

  it.each([0.001, 0.25, 0.5, 0.999])(
    'is %d of a maximum that doubles from 100 ms up to 30 s',
    async (share) => {
      stubJitter(share)
      expectDelays(
        await delaysOf(12),
        most.map((delay) => delay * share),
      )
    },
  )

  it('may be nothing at all', async () => {
    stubJitter(0)
    expect(await delaysOf(12)).toEqual(Array(11).fill(0))
  })

  it.each<[Delays, number[]]>([
    [{ minDelay: 1 }, [1, 2, 4, 8, 16]],
    [{ minDelay: 0.5 }, [0.5, 1, 2, 4, 8]],
    [{ maxDelay: 250 }, [100, 200, 250, 250, 250]],
    [{ minDelay: 10, maxDelay: 10 }, [10, 10, 10, 10, 10]],
    [{ minDelay: 1000, maxDelay: 10 }, [10, 10, 10, 10, 10]],
    [{ minDelay: 0 }, [0, 0, 0, 0, 0]],
    [{ maxDelay: 0 }, [0, 0, 0, 0, 0]],
    [{ minDelay: 1e5 }, [30_000, 30_000, 30_000, 30_000, 30_000]],
    [{ minDelay: undefined, maxDelay: undefined }, [100, 200, 400, 800, 1600]],
  ])('keeps to %j', async (delays, longest) => {
    stubJitter(0.5)
    expectDelays(
      await delaysOf(6, delays),
      longest.map((delay) => delay / 2),
    )
  })

  it('is longer than a timer of the runtime can be, where it has to be', async () => {
    stubJitter(0.5)
    expectDelays(await delaysOf(3, { minDelay: 2 ** 33, maxDelay: 2 ** 34 }), [2 ** 32, 2 ** 33])
  })

  it('is drawn for each attempt', async () => {
    const shares = [0.1, 0.9, 0.3]
    const random = vi.spyOn(Math, 'random').mockImplementation(() => shares.shift() ?? 0.5)
    onTestFinished(() => {
      random.mockRestore()
    })
    // Nothing else is drawn for one item alone.
    expectDelays(await delaysOf(4, {}, 1), [10, 180, 120])
  })

  it('stays between nothing and its maximum whatever is drawn', async () => {
    for (const round of range(20)) {
      const delays = await delaysOf(5, { minDelay: round + 1 })
      for (const [index, delay] of delays.entries()) {
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThan((round + 1) * 2 ** index)
      }
    }
  })

  it('is one for all items of a batch, and another for another batch', async () => {
    const shares = range(10).map((index) => (index + 1) / 20)
    const random = vi.spyOn(Math, 'random').mockImplementation(() => shares.shift() ?? 0.9)
    onTestFinished(() => {
      random.mockRestore()
    })
    const clock = new ManualClock()
    const calls: number[][] = []
    const batcher = new Batcher<number, number>(
      (items) => {
        calls.push([...items])
        if (calls.length <= 2) throw new Error('down')
        return items
      },
      { maxBatchSize: 3, concurrency: 2, retry: { attempts: 2 }, clock },
    )
    processEach(batcher, range(6))
    await clock.advance(100)
    expect(calls).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [0, 1, 2],
      [3, 4, 5],
    ])
  })

  it('counts from the end of the attempt that failed', async () => {
    stubJitter(0.5)
    const clock = new ManualClock()
    const times: number[] = []
    const batcher = new Batcher<number, number>(
      async (items) => {
        times.push(clock.now())
        await clock.sleep(1000)
        if (times.length < 3) throw new Error('down')
        return items
      },
      { retry: { attempts: 3 }, clock },
    )
    const [caller] = processEach(batcher, [1])
    await clock.advance(5000)
    expect(times).toEqual([0, 1050, 2150])
    expect(caller?.value).toBe(1)
  })

  it('lets timers and messages through even if there is none', async () => {
    let calls = 0
    let heard = false
    const batcher = new Batcher<number, number>(
      async (items) => {
        calls += 1
        if (!heard && calls < 20_000) await Promise.reject(new Error('down'))
        return items
      },
      { retry: { attempts: Infinity, minDelay: 0 } },
    )
    void settle().then(() => {
      heard = true
    })
    expect(await batcher.process(1)).toBe(1)
    expect(calls).toBeLessThan(20_000)
  })

  it('does not end early when a timer does', async () => {
    stubJitter(0.5)
    const clock = new ManualClock()
    const early = {
      now: () => clock.now(),
      setTimeout: (callback: () => void, delay: number) => clock.setTimeout(callback, delay * 0.7),
      clearTimeout: (timer: unknown) => {
        clock.clearTimeout(timer)
      },
    }
    const times: number[] = []
    const batcher = new Batcher<number, number>(
      (items) => {
        times.push(clock.now())
        if (times.length === 1) throw new Error('down')
        return items
      },
      { retry: { attempts: 2 }, clock: early },
    )
    const [caller] = processEach(batcher, [1])
    await clock.advance(49)
    expect(times).toEqual([0])
    await clock.advance(2)
    await settle()
    expect(times).toHaveLength(2)
    expect(times[1]).toBeGreaterThanOrEqual(50)
    expect(caller?.value).toBe(1)
  })
})
