import { getEventListeners } from 'node:events'

import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { type Permit, Semaphore } from '../../src/concurrency/semaphore.ts'
import { range } from '../support/departures.ts'
import { namesInMemory } from '../support/memory.ts'
import { observe, reasonOf } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { shuffled } from './shuffled.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

/** Acquires all that is free, one place each. */
function fill(semaphore: Semaphore): Permit[] {
  const permits: Permit[] = []
  for (let permit = semaphore.tryAcquire(); permit; permit = semaphore.tryAcquire()) {
    permits.push(permit)
  }
  return permits
}

describe('Semaphore.acquire()', () => {
  it('lets in as many as there are places, and the next when one is released', async () => {
    const semaphore = new Semaphore(2)
    const first = await semaphore.acquire()
    await semaphore.acquire()
    const third = observe(semaphore.acquire())
    await settle()
    expect(third.status).toBe('pending')
    expect([semaphore.active, semaphore.queued]).toEqual([2, 1])
    first.release()
    expect([semaphore.active, semaphore.queued]).toEqual([2, 0])
    await settle()
    expect(third.status).toBe('fulfilled')
  })

  it('serves those who wait in the order in which they came', async () => {
    const semaphore = new Semaphore(1)
    const order: number[] = []
    await Promise.all(
      range(20).map(async (index) => {
        const permit = await semaphore.acquire()
        order.push(index)
        await null
        permit.release()
      }),
    )
    expect(order).toEqual(range(20))
    expect(semaphore.active).toBe(0)
  })

  it('gives a released place to who waits, not to who asks again at once', async () => {
    const semaphore = new Semaphore(1)
    const order: string[] = []
    async function work(name: string): Promise<void> {
      for (let round = 0; round < 3; round += 1) {
        const permit = await semaphore.acquire()
        order.push(name)
        permit.release()
      }
    }
    await Promise.all([work('a'), work('b')])
    expect(order.join('')).toBe('ababab')
  })

  it('lets no light one pass a heavy one that came before', async () => {
    const semaphore = new Semaphore(3)
    const [held, other] = fill(semaphore)
    const heavy = observe(semaphore.acquire({ weight: 3 }))
    const light = observe(semaphore.acquire())
    held?.release()
    other?.release()
    await settle()
    expect([heavy.status, light.status]).toEqual(['pending', 'pending'])
    expect(semaphore.tryAcquire()).toBeUndefined()
    expect([semaphore.active, semaphore.queued]).toEqual([1, 2])
  })

  it('counts a permit by its weight', async () => {
    const semaphore = new Semaphore(5)
    const permit = await semaphore.acquire({ weight: 3 })
    expect(semaphore.active).toBe(3)
    expect(semaphore.tryAcquire({ weight: 3 })).toBeUndefined()
    expect(semaphore.tryAcquire({ weight: 2 })).toBeDefined()
    permit.release()
    expect(semaphore.active).toBe(2)
  })

  it('is bounded together for all who share it', async () => {
    const clock = new ManualClock()
    const semaphore = new Semaphore(10)
    let running = 0
    let most = 0
    async function run(duration: number): Promise<void> {
      const permit = await semaphore.acquire()
      running += 1
      most = Math.max(most, running)
      await clock.sleep(duration)
      running -= 1
      permit.release()
    }
    const all = Promise.all([
      ...range(100).map((index) => run(1 + (index % 7))),
      ...range(100).map((index) => run(1 + (index % 5))),
    ])
    await clock.advance(1000)
    await all
    expect(most).toBe(10)
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('keeps the stack of the caller, also of one who waited', async () => {
    const semaphore = new Semaphore(1)
    async function callerByName(): Promise<void> {
      const permit = await semaphore.acquire()
      try {
        await null
        throw new Error('failed')
      } finally {
        permit.release()
      }
    }
    async function outerByName(): Promise<void> {
      await callerByName()
    }
    const reasons = await Promise.all([reasonOf(outerByName()), reasonOf(outerByName())])
    for (const reason of reasons) expect((reason as Error).stack).toMatch(/callerByName[^]*outerBy/)
  })
})

describe('Semaphore.acquire({ signal })', () => {
  it('rejects with the reason of a signal that has aborted, though a place is free', async () => {
    const semaphore = new Semaphore(1)
    expect(await reasonOf(semaphore.acquire({ signal: AbortSignal.abort('late') }))).toBe('late')
    expect(semaphore.active).toBe(0)
  })

  it.each([undefined, null, 0, ''])('travels the reason %j as it is', async (reason) => {
    const semaphore = new Semaphore(0)
    const controller = new AbortController()
    const waiter = reasonOf(semaphore.acquire({ signal: controller.signal }))
    controller.abort(reason)
    expect(await waiter).toBe(reason === undefined ? controller.signal.reason : reason)
  })

  it('removes who aborts at once, and the place goes to the next', async () => {
    const semaphore = new Semaphore(1)
    const held = await semaphore.acquire()
    const controller = new AbortController()
    const gone = observe(semaphore.acquire({ signal: controller.signal }))
    const next = observe(semaphore.acquire())
    controller.abort('enough')
    expect(semaphore.queued).toBe(1)
    held.release()
    await settle()
    expect(gone).toEqual({ status: 'rejected', reason: 'enough' })
    expect(next.status).toBe('fulfilled')
    expect([semaphore.active, semaphore.queued]).toEqual([1, 0])
  })

  it('lets in those who fit when a heavy one before them aborts', async () => {
    const semaphore = new Semaphore(3)
    await semaphore.acquire()
    const controller = new AbortController()
    const heavy = observe(semaphore.acquire({ weight: 3, signal: controller.signal }))
    const light = [1, 2, 3].map(() => observe(semaphore.acquire()))
    controller.abort()
    await settle()
    expect(heavy.status).toBe('rejected')
    expect(light.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'pending'])
  })

  it('leaves a permit that was given to its owner, also if the signal aborts in the same turn', async () => {
    const semaphore = new Semaphore(1)
    const held = await semaphore.acquire()
    const controller = new AbortController()
    const waiter = semaphore.acquire({ signal: controller.signal })
    held.release()
    controller.abort()
    const permit = await waiter
    expect(semaphore.active).toBe(1)
    permit.release()
    expect(semaphore.active).toBe(0)
  })

  it('gives none to who has aborted, though a listener before ours releases', async () => {
    const semaphore = new Semaphore(1)
    const held = await semaphore.acquire()
    const controller = new AbortController()
    controller.signal.addEventListener('abort', () => {
      held.release()
    })
    const gone = observe(semaphore.acquire({ signal: controller.signal }))
    const next = observe(semaphore.acquire())
    controller.abort('enough')
    await settle()
    expect(gone).toEqual({ status: 'rejected', reason: 'enough' })
    expect(next.status).toBe('fulfilled')
    expect(semaphore.active).toBe(1)
  })

  it('takes out all who share the signal before anybody is let in', async () => {
    const semaphore = new Semaphore(2)
    const held = fill(semaphore)
    const controller = new AbortController()
    const { signal } = controller
    const gone = [2, 1, 1].map((weight) => observe(semaphore.acquire({ weight, signal })))
    const stays = observe(semaphore.acquire())
    held[0]?.release()
    controller.abort('enough')
    await settle()
    expect(gone.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(stays.status).toBe('fulfilled')
    expect(listeners(signal)).toBe(0)
  })

  it('listens to a signal once, however many semaphores and waiters share it, and while they wait', async () => {
    const { signal } = new AbortController()
    const semaphores = range(20).map(() => new Semaphore(1))
    const warnings = await eventsDuring('warning', async () => {
      const held = semaphores.flatMap(fill)
      const waiters = semaphores.flatMap((semaphore) =>
        range(20).map(() => semaphore.acquire({ signal })),
      )
      expect(listeners(signal)).toBe(1)
      for (const permit of held) permit.release()
      for (const waiter of waiters) (await waiter).release()
    })
    expect(warnings).toEqual([])
    expect(listeners(signal)).toBe(0)
  })

  it('keeps nothing of those who were served or left', async () => {
    const semaphore = new Semaphore(1)
    let permit = await semaphore.acquire()
    const signals: Record<string, WeakRef<AbortSignal>> = {}
    async function enter(name: string, abort: boolean): Promise<void> {
      const controller = new AbortController()
      signals[name] = new WeakRef(controller.signal)
      const waiter = semaphore.acquire({ signal: controller.signal })
      if (abort) {
        controller.abort()
        await reasonOf(waiter)
      } else {
        permit.release()
        permit = await waiter
      }
    }
    await enter('left', true)
    await enter('served', false)
    expect(await namesInMemory(signals)).toEqual([])
    expect(semaphore.active).toBe(1)
  })

  it('never listens to the signal of who need not wait', async () => {
    const { signal } = new AbortController()
    await new Semaphore(1).acquire({ signal })
    expect(listeners(signal)).toBe(0)
  })
})

describe('Semaphore.tryAcquire()', () => {
  it('gives a permit, or undefined when full', () => {
    const semaphore = new Semaphore(1)
    const permit = semaphore.tryAcquire()
    expect(permit).toBeDefined()
    expect(semaphore.tryAcquire()).toBeUndefined()
    permit?.release()
    expect(semaphore.tryAcquire()).toBeDefined()
  })

  it('gives none while others wait, though a place is free', () => {
    const semaphore = new Semaphore(3)
    fill(semaphore)[0]?.release()
    void semaphore.acquire({ weight: 2 })
    expect(semaphore.active).toBe(2)
    expect(semaphore.tryAcquire()).toBeUndefined()
  })
})

describe('Permit', () => {
  it('releases once: the second time does nothing', async () => {
    const semaphore = new Semaphore(2)
    const permit = await semaphore.acquire()
    await semaphore.acquire()
    permit.release()
    permit.release()
    permit[Symbol.dispose]()
    expect(semaphore.active).toBe(1)
    expect(fill(semaphore)).toHaveLength(1)
  })

  it('releases at the end of its block', async () => {
    const semaphore = new Semaphore(1)
    {
      using permit = await semaphore.acquire()
      expect(permit).toBeDefined()
      expect(semaphore.active).toBe(1)
    }
    expect(semaphore.active).toBe(0)
  })
})

describe('Semaphore.capacity', () => {
  it('lowered, takes no permit away and lets nobody in until it fits', async () => {
    const semaphore = new Semaphore(5)
    const permits = fill(semaphore).slice(0, 4)
    permits.push(...fill(semaphore))
    semaphore.capacity = 2
    const waiter = observe(semaphore.acquire())
    for (const [released, permit] of permits.slice(0, 4).entries()) {
      await settle()
      expect([waiter.status, semaphore.active]).toEqual(['pending', 5 - released])
      permit.release()
    }
    await settle()
    expect([waiter.status, semaphore.active]).toEqual(['fulfilled', 2])
  })

  it('raised, lets in exactly as many as fit', async () => {
    const semaphore = new Semaphore(2)
    fill(semaphore)
    const waiters = range(10).map(() => observe(semaphore.acquire()))
    semaphore.capacity = 5
    await settle()
    expect(waiters.map(({ status }) => status === 'fulfilled')).toEqual(
      range(10).map((index) => index < 3),
    )
    expect([semaphore.active, semaphore.queued]).toEqual([5, 7])
    semaphore.capacity = Infinity
    expect([semaphore.active, semaphore.queued]).toEqual([12, 0])
  })

  it('lets nobody in at 0, whatever the weight, until it is raised', async () => {
    const semaphore = new Semaphore(0)
    const waiters = [1, 5].map((weight) => observe(semaphore.acquire({ weight })))
    expect(semaphore.tryAcquire()).toBeUndefined()
    await settle()
    expect(waiters.map(({ status }) => status)).toEqual(['pending', 'pending'])
    semaphore.capacity = 6
    await settle()
    expect(waiters.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })

  it('leaves who became too heavy waiting, until it fits or aborts', async () => {
    const semaphore = new Semaphore(3)
    const held = fill(semaphore)
    const controller = new AbortController()
    const heavy = [
      observe(semaphore.acquire({ weight: 3, signal: controller.signal })),
      observe(semaphore.acquire({ weight: 3 })),
    ]
    semaphore.capacity = 2
    for (const permit of held) permit.release()
    await settle()
    expect(heavy.map(({ status }) => status)).toEqual(['pending', 'pending'])
    controller.abort()
    await settle()
    expect(heavy.map(({ status }) => status)).toEqual(['rejected', 'pending'])
    semaphore.capacity = 3
    await settle()
    expect(heavy[1]?.status).toBe('fulfilled')
  })

  it.each([-1, 1.5, NaN, -Infinity, 2 ** 53])('refuses %d', (capacity) => {
    expect(() => new Semaphore(capacity)).toThrow(RangeError)
    const semaphore = new Semaphore(1)
    expect(() => {
      semaphore.capacity = capacity
    }).toThrow("Cannot set capacity: 'capacity' must be an integer of at least 0, or Infinity")
    expect(semaphore.capacity).toBe(1)
  })

  it('refuses what is no number', () => {
    expect(() => new Semaphore('1' as never)).toThrow(TypeError)
    expect(() => new Semaphore(undefined as never)).toThrow(TypeError)
  })
})

describe('Semaphore, given what does not fit', () => {
  const semaphore = new Semaphore(5)
  it.each([
    [{ weight: 6 }, RangeError, /'weight' must be a finite number from 0 to 5, received 6$/],
    [{ weight: 0 }, RangeError, /received 0$/],
    [{ weight: 0.5 }, RangeError, /received 0\.5$/],
    [{ weight: NaN }, RangeError, /received NaN$/],
    [{ weight: Infinity }, RangeError, /received Infinity$/],
    [{ weight: '1' }, TypeError, /^Cannot acquire: 'weight' .* received "1"$/],
    [{ wait: 1 }, TypeError, /'option' must be one of weight.* received "wait"/],
    [null, TypeError, /'options' must be an object/],
  ])('refuses %j, by rejecting or by throwing', async (options, type, message) => {
    const reason = await reasonOf(semaphore.acquire(options as never))
    expect(reason).toBeInstanceOf(type)
    expect((reason as Error).message).toMatch(message)
    expect(() => semaphore.tryAcquire(options as never)).toThrow(message)
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('refuses what is no signal', async () => {
    expect(await reasonOf(semaphore.acquire({ signal: {} as never }))).toMatchObject({
      message: "Cannot acquire: 'signal' must be an AbortSignal, received Object",
    })
  })

  it('takes undefined as the default', async () => {
    const permit = await semaphore.acquire({ weight: undefined, signal: undefined })
    expect(semaphore.active).toBe(1)
    permit.release()
  })
})

/** As much of a signal as is needed; a real one costs more to make than what is tested here. */
class PlainSignal {
  aborted = false
  reason: unknown
  readonly listeners = new Set<{ handleEvent(): void }>()

  addEventListener(_: 'abort', listener: { handleEvent(): void }): void {
    this.listeners.add(listener)
  }

  removeEventListener(_: 'abort', listener: { handleEvent(): void }): void {
    this.listeners.delete(listener)
  }

  abort(): void {
    this.aborted = true
    for (const listener of this.listeners) listener.handleEvent()
  }
}

// A cost that grew with the queue would take these past the time that a test has.
describe('Semaphore with 100,000 waiters', { timeout: 20_000 }, () => {
  const many = 100_000

  it('serves them through one place', async () => {
    const semaphore = new Semaphore(1)
    const order: number[] = []
    await Promise.all(
      range(many).map(async (index) => {
        const permit = await semaphore.acquire()
        order.push(index)
        permit.release()
      }),
    )
    expect(order.length).toBe(many)
    expect(order.every((index, place) => index === place)).toBe(true)
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('lets all in at once', async () => {
    const semaphore = new Semaphore(0)
    const waiters = Promise.all(range(many).map(() => semaphore.acquire()))
    semaphore.capacity = many
    for (const permit of await waiters) permit.release()
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('lets go of those who abort, in any order', async () => {
    const semaphore = new Semaphore(0)
    const signals = range(many).map(() => new PlainSignal())
    const waiters = signals.map((signal) =>
      observe(semaphore.acquire({ signal: signal as unknown as AbortSignal })),
    )
    const last = semaphore.acquire()
    const [first, middle, end] = [0, 1, 2].map((third) =>
      signals.slice((third * many) / 3, ((third + 1) * many) / 3),
    )
    for (const part of [end?.toReversed(), shuffled(middle ?? []), first]) {
      for (const signal of part ?? []) signal.abort()
    }
    expect(semaphore.queued).toBe(1)
    semaphore.capacity = 1
    await last
    expect(waiters.every(({ status }) => status === 'rejected')).toBe(true)
    expect(signals.every(({ listeners: { size } }) => size === 0)).toBe(true)
  })

  it('lets go of those who share one signal', async () => {
    const semaphore = new Semaphore(1)
    const held = await semaphore.acquire()
    const controller = new AbortController()
    const { signal } = controller
    const waiters = range(many).map(() => observe(semaphore.acquire({ signal })))
    controller.abort()
    held.release()
    await settle()
    expect(waiters.every(({ status }) => status === 'rejected')).toBe(true)
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })
})
