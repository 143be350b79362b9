import { getEventListeners } from 'node:events'

import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { RateLimiter } from '../../src/concurrency/rate-limiter.ts'
import { range } from '../support/departures.ts'
import { namesInMemory } from '../support/memory.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { shuffled } from './shuffled.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

/** A limiter on a clock of its own; `take` notes who passed when. */
function limiterOf(limit: number, interval = 1000) {
  const clock = new ManualClock()
  const limiter = new RateLimiter({ limit, interval, clock })
  const passed: [name: string, time: number][] = []
  function take(name: string, weight?: number): void {
    void limiter.take({ weight }).then(() => passed.push([name, clock.now()]))
  }
  return { clock, limiter, passed, take }
}

describe('RateLimiter.take()', () => {
  it('passes who fits at once, and who does not when enough is an interval old', async () => {
    const { clock, passed, take } = limiterOf(2)
    take('a')
    await clock.advance(300)
    for (const name of ['b', 'c', 'd', 'e']) take(name)
    await clock.advance(5000)
    expect(passed).toEqual([
      ['a', 0],
      ['b', 300],
      ['c', 1000],
      ['d', 1300],
      ['e', 2000],
    ])
  })

  it('keeps the order: a light one does not pass a heavy one', async () => {
    const { clock, passed, take } = limiterOf(3)
    take('first', 2)
    take('heavy', 3)
    take('light', 1)
    await clock.advance(999)
    expect(passed).toEqual([['first', 0]])
    await clock.advance(1001)
    expect(passed).toEqual([
      ['first', 0],
      ['heavy', 1000],
      ['light', 2000],
    ])
  })

  it('takes the whole limit in one moment, and again an interval later', async () => {
    const { clock, limiter } = limiterOf(1000)
    const times: number[] = []
    for (let taken = 0; taken < 3000; taken += 1) {
      void limiter.take().then(() => times.push(clock.now()))
    }
    await clock.advance(2000)
    expect(times).toEqual(range(3000).map((index) => Math.floor(index / 1000) * 1000))
  })

  it('passes a weight of 0 though all is taken, in its place in line', async () => {
    const { clock, limiter, passed, take } = limiterOf(1)
    take('all')
    take('nothing', 0)
    await settle()
    expect(passed.map(([name]) => name)).toEqual(['all', 'nothing'])
    take('more')
    take('nothing more', 0)
    await settle()
    expect(limiter.queued).toBe(2)
    await clock.advance(1000)
    expect(passed.slice(2)).toEqual([
      ['more', 1000],
      ['nothing more', 1000],
    ])
  })

  it('frees each place an interval later, up to 0.05 % of it late', async () => {
    const { clock, limiter } = limiterOf(1000)
    const times: number[] = []
    for (let taken = 0; taken < 1000; taken += 1) {
      limiter.tryTake()
      await clock.advance(0.125)
    }
    for (let taken = 0; taken < 1000; taken += 1) {
      void limiter.take().then(() => times.push(clock.now()))
    }
    await clock.advance(1000)
    for (const [index, time] of times.entries()) {
      expect(time).toBeGreaterThanOrEqual(1000 + index * 0.125)
      expect(time).toBeLessThanOrEqual(1000.5 + index * 0.125)
    }
    expect(times).toHaveLength(1000)
  })

  it('has one timer while somebody waits, and none otherwise', async () => {
    const { clock, limiter, passed, take } = limiterOf(1)
    expect(clock.timerCount).toBe(0)
    take('a')
    expect(clock.timerCount).toBe(0)
    for (const name of ['b', 'c', 'd']) take(name)
    expect(clock.timerCount).toBe(1)
    await clock.advance(2000)
    expect([clock.timerCount, limiter.queued]).toEqual([1, 1])
    await clock.advance(1000)
    expect([clock.timerCount, limiter.queued, passed.length]).toEqual([0, 0, 4])
  })

  it('serves a heavy one when the last is free that it needs, waking only as places come free', async () => {
    const { clock, limiter, passed, take } = limiterOf(100)
    let wakes = 0
    const set = clock.setTimeout.bind(clock)
    clock.setTimeout = (callback, delay) => {
      wakes += 1
      return set(callback, delay)
    }
    for (let taken = 0; taken < 100; taken += 1) {
      limiter.tryTake()
      if (taken % 25 === 24) await clock.advance(25)
    }
    take('heavy', 100)
    await clock.advance(2000)
    expect(passed).toEqual([['heavy', 1075]])
    expect(wakes).toBe(4)
  })
})

describe('RateLimiter.take({ signal })', () => {
  it('rejects with the reason of a signal that has aborted, and takes nothing', async () => {
    const { limiter } = limiterOf(1)
    expect(await reasonOf(limiter.take({ signal: AbortSignal.abort('late') }))).toBe('late')
    expect(limiter.allowance).toBe(1)
  })

  it('removes who aborts at once; it has taken nothing', async () => {
    const { clock, limiter, passed, take } = limiterOf(1)
    take('a')
    const controller = new AbortController()
    const gone = observe(limiter.take({ signal: controller.signal }))
    take('b')
    controller.abort('enough')
    expect(limiter.queued).toBe(1)
    await clock.advance(1000)
    expect(gone).toEqual({ status: 'rejected', reason: 'enough' })
    expect(passed).toEqual([
      ['a', 0],
      ['b', 1000],
    ])
    expect(listeners(controller.signal)).toBe(0)
  })

  it('lets pass at once those who fit when a heavy one before them aborts', async () => {
    const { clock, limiter, passed, take } = limiterOf(3)
    take('a', 2)
    const controller = new AbortController()
    const heavy = observe(limiter.take({ weight: 3, signal: controller.signal }))
    take('b')
    take('c')
    controller.abort()
    await settle()
    expect(heavy.status).toBe('rejected')
    expect(passed.map(([name]) => name)).toEqual(['a', 'b'])
    await clock.advance(1000)
    expect(passed[2]).toEqual(['c', 1000])
  })

  it('stops the timer when the last one leaves', () => {
    const { clock, limiter } = limiterOf(1)
    limiter.tryTake()
    const controller = new AbortController()
    void observe(limiter.take({ signal: controller.signal }))
    expect(clock.timerCount).toBe(1)
    controller.abort()
    expect([clock.timerCount, limiter.queued]).toEqual([0, 0])
  })

  it('gives nothing to who has aborted, though a listener before ours serves it', async () => {
    const { limiter } = limiterOf(2)
    limiter.tryTake()
    const controller = new AbortController()
    const cancel = limiter.onAllowance(2, () => {})
    controller.signal.addEventListener('abort', cancel)
    const gone = observe(limiter.take({ signal: controller.signal }))
    controller.abort('enough')
    await settle()
    expect(gone).toEqual({ status: 'rejected', reason: 'enough' })
    expect(limiter.allowance).toBe(1)
  })
})

describe('RateLimiter.tryTake() and RateLimiter.allowance', () => {
  it('tell and take what is left, at once or not at all', async () => {
    const { clock, limiter } = limiterOf(5)
    expect(limiter.allowance).toBe(5)
    expect(limiter.tryTake()).toBe(true)
    await clock.advance(400)
    expect(limiter.tryTake(3)).toBe(true)
    expect(limiter.allowance).toBe(1)
    expect(limiter.tryTake(2)).toBe(false)
    expect(limiter.allowance).toBe(1)
    await clock.advance(599.5)
    expect(limiter.allowance).toBe(1)
    await clock.advance(0.5)
    expect(limiter.allowance).toBe(2)
    await clock.advance(400)
    expect(limiter.allowance).toBe(5)
  })

  it('have nothing for newcomers while others wait', async () => {
    const { clock, limiter, passed, take } = limiterOf(5)
    limiter.tryTake(3)
    take('heavy', 4)
    expect(limiter.allowance).toBe(0)
    expect(limiter.tryTake()).toBe(false)
    expect(limiter.tryTake(0)).toBe(false)
    await clock.advance(1000)
    expect(passed).toEqual([['heavy', 1000]])
    expect(limiter.allowance).toBe(1)
  })

  it.each([
    [0.3, 0.1, 3],
    [1, 0.1, 10],
    [1.1, 0.1, 11],
    [0.7, 0.1, 7],
    [1, 1 / 3, 3],
    [1, 1 / 49, 49],
    [2.4, 0.8, 3],
    [1e-9, 1e-10, 10],
    [1e300, 1e299, 10],
    [2 ** 51, 2 ** 51 / 8, 8],
  ])('fit into a limit of %d a weight of %d as often as %d times', (limit, weight, times) => {
    const { limiter } = limiterOf(limit)
    expect(range(times).every(() => limiter.tryTake(weight))).toBe(true)
    expect(limiter.tryTake(weight)).toBe(false)
  })

  it('agree: all of the allowance can be taken', () => {
    const { limiter } = limiterOf(0.7)
    for (const weight of [0.1, 0.2, 0.15]) {
      limiter.tryTake(weight)
      expect(limiter.allowance).toBeLessThanOrEqual(0.7)
    }
    expect(limiter.tryTake(limiter.allowance)).toBe(true)
    expect(limiter.allowance).toBe(0)
  })
})

describe('RateLimiter.penalize()', () => {
  it('holds newcomers and those who wait', async () => {
    const { clock, limiter, passed, take } = limiterOf(1)
    take('a')
    take('b')
    limiter.penalize(2500)
    expect(limiter.allowance).toBe(0)
    await clock.advance(2499)
    expect(passed).toEqual([['a', 0]])
    expect(clock.timerCount).toBe(1)
    await clock.advance(1)
    expect(passed[1]).toEqual(['b', 2500])
  })

  it('holds though all is free, a weight of 0 too', async () => {
    const { clock, limiter, passed, take } = limiterOf(10)
    limiter.penalize(100)
    expect(limiter.allowance).toBe(0)
    expect(limiter.tryTake(0)).toBe(false)
    take('nothing', 0)
    take('one')
    await clock.advance(200)
    expect(passed).toEqual([
      ['nothing', 100],
      ['one', 100],
    ])
  })

  it('is not shortened by a shorter one, and lengthened by a longer one', async () => {
    const { clock, limiter, passed, take } = limiterOf(10)
    limiter.penalize(100)
    take('a')
    limiter.penalize(20)
    await clock.advance(50)
    limiter.penalize(10)
    await clock.advance(49)
    expect(passed).toEqual([])
    limiter.penalize(10)
    await clock.advance(9)
    expect(passed).toEqual([])
    await clock.advance(1)
    expect(passed).toEqual([['a', 109]])
  })

  it('has no timer while nobody waits', () => {
    const { clock, limiter } = limiterOf(10)
    limiter.penalize(100)
    expect(clock.timerCount).toBe(0)
  })

  it('gives nothing back: what was taken before counts on', async () => {
    const { clock, limiter, passed, take } = limiterOf(1)
    take('a')
    limiter.penalize(100)
    take('b')
    await clock.advance(1000)
    expect(passed[1]).toEqual(['b', 1000])
  })

  it.each([-1, NaN, Infinity])('refuses %d', (duration) => {
    expect(() => {
      limiterOf(1).limiter.penalize(duration)
    }).toThrow("Cannot penalize: 'duration' must be a finite number from 0")
  })
})

describe('RateLimiter.onAllowance()', () => {
  it('serves in line with those who take, once, when its weight fits', async () => {
    const { clock, limiter, passed, take } = limiterOf(4)
    limiter.tryTake(4)
    const served: unknown[] = []
    take('before', 2)
    limiter.onAllowance(2, () => {
      served.push([clock.now(), limiter.queued, limiter.allowance, limiter.tryTake(2)])
    })
    take('after')
    await clock.advance(999)
    expect(served).toEqual([])
    await clock.advance(5000)
    expect(served).toEqual([[1000, 1, 2, true]])
    expect(passed).toEqual([
      ['before', 1000],
      ['after', 2000],
    ])
    expect(clock.timerCount).toBe(0)
  })

  it('serves in a promise job when there is room at once, and newcomers wait behind', async () => {
    const { clock, limiter, passed, take } = limiterOf(4)
    let served = 0
    limiter.onAllowance(2, () => {
      served += 1
    })
    expect([served, limiter.allowance, limiter.tryTake()]).toEqual([0, 0, false])
    take('after')
    await clock.advance(0)
    expect(served).toBe(1)
    expect(passed).toEqual([['after', 0]])
  })

  it('lets the one being served take more or less than it waited for', async () => {
    const { clock, limiter, passed, take } = limiterOf(10)
    limiter.tryTake(9)
    const taken: number[] = []
    for (const share of [1, 0.5, 0]) {
      limiter.onAllowance(4, () => {
        const units = Math.floor(limiter.allowance * share)
        taken.push(units)
        limiter.tryTake(units)
      })
    }
    take('after')
    await clock.advance(2000)
    expect(taken).toEqual([10, 5, 0])
    expect(passed).toEqual([['after', 2000]])
  })

  it('closes the line again when the one being served returns', async () => {
    const { clock, limiter, take } = limiterOf(2)
    limiter.tryTake(2)
    limiter.onAllowance(1, () => {
      expect(limiter.allowance).toBe(2)
    })
    limiter.onAllowance(2, () => {
      limiter.tryTake()
    })
    take('after', 2)
    await clock.advance(1000)
    expect([limiter.allowance, limiter.tryTake(), limiter.queued]).toEqual([0, false, 1])
  })

  it('never serves after it was cancelled; cancelling again does nothing', async () => {
    const { clock, limiter, passed, take } = limiterOf(2)
    limiter.tryTake()
    let served = 0
    const cancel = limiter.onAllowance(2, () => {
      served += 1
    })
    take('after')
    cancel()
    cancel()
    await settle()
    expect(passed).toEqual([['after', 0]])
    await clock.advance(5000)
    expect([served, limiter.queued, clock.timerCount]).toEqual([0, 0, 0])
  })

  it('may be enrolled again, cancelled and penalized by the one being served', async () => {
    const { clock, limiter, passed, take } = limiterOf(2)
    limiter.tryTake(2)
    const served: string[] = []
    limiter.onAllowance(1, () => {
      served.push(`first at ${clock.now()}`)
      cancelOther()
      limiter.onAllowance(1, () => served.push(`again at ${clock.now()}`))
      limiter.penalize(500)
    })
    const cancelOther = limiter.onAllowance(1, () => served.push('other'))
    take('after')
    await clock.advance(3000)
    expect(served).toEqual(['first at 1000', 'again at 1500'])
    expect(passed).toEqual([['after', 1500]])
    expect(clock.timerCount).toBe(0)
  })

  it('serves who came before, then who enrols again while being served', async () => {
    const { clock, limiter, passed, take } = limiterOf(2)
    let served = 0
    const again = (): void => {
      served += 1
      if (served < 100) limiter.onAllowance(1, again)
      else limiter.tryTake()
    }
    limiter.onAllowance(1, again)
    take('other')
    await settle()
    expect([served, limiter.queued, clock.timerCount]).toEqual([100, 0, 0])
    expect(passed).toEqual([['other', 0]])
    expect(limiter.allowance).toBe(0)
  })

  it('reports what it throws as an unhandled rejection, and serves the next', async () => {
    const { clock, limiter, passed, take } = limiterOf(2)
    limiter.tryTake(2)
    limiter.onAllowance(1, () => {
      throw new Error('mine')
    })
    take('after')
    const unhandled = await eventsDuring('unhandledRejection', () => clock.advance(1000))
    expect(unhandled).toEqual([new Error('mine')])
    expect(passed).toEqual([['after', 1000]])
    expect(limiter.tryTake()).toBe(true)
  })

  it('keeps nothing of those who were served or cancelled', async () => {
    const { clock, limiter } = limiterOf(1)
    const cancels: (() => void)[] = []
    function enrol(): WeakRef<object> {
      const data = {}
      cancels.push(limiter.onAllowance(1, () => data))
      return new WeakRef(data)
    }
    const served = enrol()
    const cancelled = enrol()
    cancels[1]?.()
    await clock.advance(10)
    expect(await namesInMemory({ served, cancelled })).toEqual([])
  })
})

describe('RateLimiter, given what does not fit', () => {
  it.each([
    [undefined, TypeError, /'limit' must be a finite number, received undefined/],
    [null, TypeError, /'options' must be an object/],
    [{ interval: 1 }, TypeError, /'limit' must be a finite number, received undefined/],
    [{ limit: 1 }, TypeError, /'interval' must be/],
    [{ limit: 0, interval: 1 }, RangeError, /received 0$/],
    [{ limit: Infinity, interval: 1 }, RangeError, /received Infinity$/],
    [{ limit: 1, interval: NaN }, RangeError, /received NaN$/],
    [{ limit: 1, interval: -1 }, RangeError, /^Cannot create RateLimiter: 'interval'.* -1$/],
    [{ limit: 1, interval: 1, clock: {} }, TypeError, /'clock' must be a Clock/],
    [
      { limit: 1, interval: 1, per: 1 },
      TypeError,
      /'option' must be one of limit, .* received "per"/,
    ],
    [
      { limit: 1, interval: 1, of: 'item' },
      RangeError,
      /'of' must be one of batches, items, weight,/,
    ],
    [{ limit: 1, interval: 1, of: 1 }, TypeError, /'of' must be one of batches.*, received 1/],
  ])('refuses the options %j', (options, type, message) => {
    const create = () => new RateLimiter(options as never)
    expect(create).toThrow(type)
    expect(create).toThrow(message)
  })

  it.each([
    [3, RangeError, "'weight' must be a finite number from 0 to 2, received 3"],
    [-1, RangeError, 'received -1'],
    [NaN, RangeError, 'received NaN'],
    ['1', TypeError, 'received "1"'],
  ])('refuses the weight %j, by rejecting or by throwing', async (weight, type, message) => {
    const { limiter } = limiterOf(2)
    const reason = await reasonOf(limiter.take({ weight: weight as never }))
    expect(reason).toBeInstanceOf(type)
    expect((reason as Error).message).toContain(message)
    expect(() => limiter.tryTake(weight as never)).toThrow(message)
    expect(() => limiter.onAllowance(weight as never, () => {})).toThrow(message)
    expect([limiter.queued, limiter.allowance]).toEqual([0, 2])
  })

  it('refuses other options, signals and functions', async () => {
    const { limiter } = limiterOf(2)
    expect(await reasonOf(limiter.take({ wait: 1 } as never))).toBeInstanceOf(TypeError)
    expect(await reasonOf(limiter.take({ signal: 1 as never }))).toMatchObject({
      message: "Cannot take: 'signal' must be an AbortSignal, received 1",
    })
    expect(() => limiter.onAllowance(1, 'now' as never)).toThrow("'serve' must be a function")
  })

  it('tells its limit and interval, and what it is of', () => {
    expect(new RateLimiter({ limit: 2.5, interval: 60_000 })).toMatchObject({
      limit: 2.5,
      interval: 60_000,
      of: 'batches',
    })
    expect(new RateLimiter({ limit: 1, interval: 1, of: 'weight' }).of).toBe('weight')
  })
})

// A cost that grew with the line would take these past the time that a test has.
describe('RateLimiter with 100,000 waiters', { timeout: 20_000 }, () => {
  const many = 100_000

  it('lets go of those who leave, in any order', async () => {
    const { clock, limiter } = limiterOf(1)
    limiter.tryTake()
    const cancels = range(many).map(() => limiter.onAllowance(1, () => {}))
    const halves = [cancels.slice(0, many / 2), cancels.slice(many / 2)]
    for (const cancel of shuffled(halves[0] ?? [])) cancel()
    for (const cancel of halves[1] ?? []) cancel()
    expect([limiter.queued, clock.timerCount]).toEqual([0, 0])
  })

  it('lets pass all that fit in one moment', async () => {
    const { clock, limiter } = limiterOf(many)
    limiter.tryTake(many)
    const { signal } = new AbortController()
    const waiters = Promise.all(range(many).map(() => limiter.take({ signal })))
    await clock.advance(1000)
    await waiters
    expect([limiter.queued, clock.timerCount, limiter.allowance]).toEqual([0, 0, 0])
    expect(listeners(signal)).toBe(0)
  })
})
