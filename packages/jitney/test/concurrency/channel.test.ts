import { getEventListeners } from 'node:events'

import { settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { Channel } from '../../src/concurrency/channel.ts'
import { range } from '../support/departures.ts'
import { namesInMemory } from '../support/memory.ts'
import { observe, reasonOf, statuses } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'
import { collect } from '../support/source.ts'

const closed = { code: 'JITNEY_CHANNEL_CLOSED' }
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe('Channel.send() and Channel.receive()', () => {
  it('meet: with the default capacity of 0 a sender waits until its value is received', async () => {
    const channel = new Channel<string>()
    expect(channel.capacity).toBe(0)
    const sending = observe(channel.send('a'))
    await settle()
    expect(sending.status).toBe('pending')
    expect(await channel.receive()).toBe('a')
    await settle()
    expect(sending.status).toBe('fulfilled')
  })

  it('meet when the receiver comes first', async () => {
    const channel = new Channel<string>()
    const receiving = observe(channel.receive())
    await settle()
    expect(receiving.status).toBe('pending')
    await channel.send('a')
    await settle()
    expect(receiving.value).toBe('a')
  })

  it('lay down as many values as there is capacity, and the next when one is received', async () => {
    const channel = new Channel<number>(2)
    const sending = range(4).map((value) => observe(channel.send(value)))
    await settle()
    expect(statuses(sending)).toEqual(['fulfilled', 'fulfilled', 'pending', 'pending'])
    expect(await channel.receive()).toBe(0)
    await settle()
    expect(statuses(sending)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'pending'])
    expect([await channel.receive(), await channel.receive(), await channel.receive()]).toEqual([
      1, 2, 3,
    ])
  })

  it.each([0, 1, 2, 3, Infinity])(
    'keep the order of senders and of receivers at a capacity of %d',
    async (capacity) => {
      const channel = new Channel<number>(capacity)
      const received: [number, number][] = []
      async function receive(who: number): Promise<void> {
        received.push([who, await channel.receive()])
      }
      const early = range(3).map(receive)
      const sending = range(10).map((value) => channel.send(value))
      await settle()
      const late = range(7, 3).map(receive)
      await Promise.all([...early, ...sending, ...late])
      expect(received).toEqual(range(10).map((index) => [index, index]))
    },
  )

  it('let no newcomer pass those who wait', async () => {
    const channel = new Channel<number>(1)
    await channel.send(0)
    const waiting = channel.send(1)
    const received = [channel.receive()]
    expect(channel.trySend(2)).toBe(false)
    received.push(channel.receive())
    await waiting
    expect(await Promise.all(received)).toEqual([0, 1])
  })

  it.each([undefined, null, 0, '', NaN])('hand over %j as any other value', async (value) => {
    for (const capacity of [0, 1]) {
      const channel = new Channel<unknown>(capacity)
      void channel.send(value)
      expect(channel.tryReceive()).toEqual({ value })
      void channel.send(value)
      expect(await channel.receive()).toBe(value)
    }
  })
})

describe('Channel.trySend() and Channel.tryReceive()', () => {
  it('send at once if there is room, and receive at once if something lies there', () => {
    const channel = new Channel<number>(2)
    expect(channel.tryReceive()).toBeUndefined()
    expect([1, 2, 3].map((value) => channel.trySend(value))).toEqual([true, true, false])
    expect([1, 2, 3].map(() => channel.tryReceive())).toEqual([
      { value: 1 },
      { value: 2 },
      undefined,
    ])
  })

  it('send to one who waits, also where nothing can lie', async () => {
    const channel = new Channel<number>()
    expect(channel.trySend(0)).toBe(false)
    const receiving = channel.receive()
    expect([channel.trySend(1), channel.trySend(2)]).toEqual([true, false])
    expect(await receiving).toBe(1)
    expect(channel.tryReceive()).toBeUndefined()
  })

  it.each([0, 1, 2])('receive from one who waits, at a capacity of %d', async (capacity) => {
    const channel = new Channel<number>(capacity)
    const sending = range(capacity + 2).map((value) => observe(channel.send(value)))
    await settle()
    expect(channel.tryReceive()).toEqual({ value: 0 })
    await settle()
    expect(statuses(sending).filter((status) => status === 'pending')).toHaveLength(1)
    expect(channel.tryReceive()).toEqual({ value: 1 })
  })

  it('receive nothing while others wait, and take nothing from them', async () => {
    const channel = new Channel<number>()
    const first = channel.receive()
    expect(channel.tryReceive()).toBeUndefined()
    const second = channel.receive()
    await channel.send(1)
    await channel.send(2)
    expect([await first, await second]).toEqual([1, 2])
  })
})

describe('Channel, its signals', () => {
  it('rejects with the reason of a signal that has aborted, and changes nothing', async () => {
    const channel = new Channel<number>(1)
    const signal = AbortSignal.abort('late')
    expect(await reasonOf(channel.send(1, { signal }))).toBe('late')
    expect(channel.tryReceive()).toBeUndefined()
    channel.trySend(2)
    expect(await reasonOf(channel.receive({ signal }))).toBe('late')
    expect(channel.tryReceive()).toEqual({ value: 2 })
  })

  it('loses and doubles nothing when a sender or receiver aborts', async () => {
    const channel = new Channel<string>()
    const controller = new AbortController()
    const { signal } = controller
    const senders = [
      observe(channel.send('gone', { signal })),
      observe(channel.send('stays')),
      observe(channel.send('gone too', { signal })),
    ]
    await settle()
    controller.abort('enough')
    await settle()
    expect(senders.map(({ reason }) => reason)).toEqual(['enough', undefined, 'enough'])
    expect(await channel.receive()).toBe('stays')
    expect(channel.tryReceive()).toBeUndefined()

    const leaving = new AbortController()
    const gone = observe(channel.receive({ signal: leaving.signal }))
    const next = channel.receive()
    leaving.abort('enough')
    await channel.send('for the next')
    expect(await next).toBe('for the next')
    expect(gone).toEqual({ status: 'rejected', reason: 'enough' })
  })

  it('gives a value to its receiver, also if that aborts in the same turn', async () => {
    const channel = new Channel<number>()
    const controller = new AbortController()
    const receiving = channel.receive({ signal: controller.signal })
    channel.trySend(1)
    controller.abort()
    expect(await receiving).toBe(1)
  })

  it('hands nothing to who has aborted, though a listener before ours sends', async () => {
    const channel = new Channel<number>()
    const controller = new AbortController()
    const { signal } = controller
    const sent: boolean[] = []
    signal.addEventListener('abort', () => sent.push(channel.trySend(1)))
    const gone = observe(channel.receive({ signal }))
    controller.abort('enough')
    await settle()
    expect(sent).toEqual([false])
    expect(gone).toEqual({ status: 'rejected', reason: 'enough' })
    expect(channel.tryReceive()).toBeUndefined()
  })

  it('takes nothing from who has aborted, though a listener before ours receives', async () => {
    const channel = new Channel<number>()
    const controller = new AbortController()
    const { signal } = controller
    const received: unknown[] = []
    signal.addEventListener('abort', () => received.push(channel.tryReceive()))
    const gone = observe(channel.send(1, { signal }))
    const stays = observe(channel.send(2))
    controller.abort('enough')
    await settle()
    expect(received).toEqual([{ value: 2 }])
    expect([gone.status, stays.status]).toEqual(['rejected', 'fulfilled'])
  })

  it('listens once to a signal, and only while somebody waits', async () => {
    const channel = new Channel<number>()
    const { signal } = new AbortController()
    const warnings = await eventsDuring('warning', async () => {
      const sending = range(20).map((value) => channel.send(value, { signal }))
      expect(listeners(signal)).toBe(1)
      for (const value of range(20)) expect(await channel.receive({ signal })).toBe(value)
      await Promise.all(sending)
    })
    expect(warnings).toEqual([])
    expect(listeners(signal)).toBe(0)
  })
})

describe('Channel.close()', () => {
  it('lets what lies there be received, then ends', async () => {
    const channel = new Channel<number>(3)
    for (const value of range(3)) channel.trySend(value)
    channel.close()
    expect(await channel.receive()).toBe(0)
    expect(channel.tryReceive()).toEqual({ value: 1 })
    expect(await collect(channel)).toEqual([2])
    expect(await reasonOf(channel.receive())).toMatchObject(closed)
    expect(channel.tryReceive()).toBeUndefined()
    expect(await collect(channel)).toEqual([])
  })

  it('rejects who is sending, with an error of its own each, and drops the values', async () => {
    const channel = new Channel<number>(1)
    channel.trySend(0)
    const sending = [1, 2].map((value) => reasonOf(channel.send(value)))
    channel.close()
    const [one, other] = await Promise.all(sending)
    expect(one).toMatchObject({ ...closed, message: 'Cannot use Channel: it is closed' })
    expect(other).toMatchObject(closed)
    expect(one).not.toBe(other)
    expect(await collect(channel)).toEqual([0])
  })

  it('rejects who receives, and ends the loops', async () => {
    const channel = new Channel<number>()
    const receiving = reasonOf(channel.receive())
    const looping = collect(channel)
    channel.close()
    expect(await receiving).toMatchObject({
      ...closed,
      message: 'Cannot use Channel: it is closed',
    })
    expect(await looping).toEqual([])
  })

  it('refuses who sends afterwards, though there is room', async () => {
    const channel = new Channel<number>(5)
    channel.close()
    expect(await reasonOf(channel.send(1))).toMatchObject(closed)
    expect(() => channel.trySend(1)).toThrow(expect.objectContaining(closed))
    expect(channel.tryReceive()).toBeUndefined()
  })

  it('does nothing the second time', async () => {
    const channel = new Channel<number>(1)
    channel.trySend(1)
    channel.close()
    channel.close()
    expect(await collect(channel)).toEqual([1])
  })

  it('leaves nothing unhandled in loops', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const channel = new Channel<number>()
      const loops = [collect(channel), collect(channel)]
      await channel.send(1)
      channel.close()
      expect((await Promise.all(loops)).flat()).toEqual([1])
    })
    expect(unhandled).toEqual([])
  })
})

describe('Channel, iterated', () => {
  it('gives each value to one loop', async () => {
    const channel = new Channel<number>()
    const loops = range(3).map(() => collect(channel))
    for (const value of range(9)) await channel.send(value)
    channel.close()
    const values = await Promise.all(loops)
    expect(new Set(values.flat())).toEqual(new Set(range(9)))
    for (const some of values) expect(some).toHaveLength(3)
  })

  it('is not closed by leaving a loop', async () => {
    const channel = new Channel<number>(9)
    for (const value of range(4)) channel.trySend(value)
    for await (const value of channel) if (value === 1) break
    expect(channel.trySend(4)).toBe(true)
    channel.close()
    expect(await collect(channel)).toEqual([2, 3, 4])
  })

  it('gives each of several calls of next() a value of its own', async () => {
    const channel = new Channel<number>()
    const iterator = channel[Symbol.asyncIterator]()
    const steps = range(3).map(() => iterator.next())
    await channel.send(0)
    await channel.send(1)
    channel.close()
    expect(await Promise.all(steps)).toEqual([
      { done: false, value: 0 },
      { done: false, value: 1 },
      { done: true, value: undefined },
    ])
  })

  it('takes no value for who has left, though next() was waiting', async () => {
    const channel = new Channel<number>(1)
    const iterator = channel[Symbol.asyncIterator]()
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator)
    const step = iterator.next()
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(await step).toEqual({ done: true, value: undefined })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    channel.trySend(1)
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(channel.tryReceive()).toEqual({ value: 1 })
  })
})

describe('Channel, given what does not fit', () => {
  it.each([-1, 0.5, NaN, -Infinity])('refuses the capacity %d', (capacity) => {
    expect(() => new Channel(capacity)).toThrow(RangeError)
    expect(() => new Channel(capacity)).toThrow(
      "Cannot create Channel: 'capacity' must be an integer of at least 0, or Infinity",
    )
  })

  it('refuses other types, options and signals', async () => {
    expect(() => new Channel('1' as never)).toThrow(TypeError)
    const channel = new Channel<number>(1)
    for (const [options, message] of [
      [null, "'options' must be an object"],
      [{ weight: 1 }, "'option' must be one of signal, received"],
      [{ signal: 1 }, "'signal' must be an AbortSignal, received 1"],
    ] as const) {
      const sent = await reasonOf(channel.send(1, options as never))
      const received = await reasonOf(channel.receive(options as never))
      expect(sent).toBeInstanceOf(TypeError)
      expect((sent as Error).message).toMatch(/^Cannot send: /)
      expect((sent as Error).message).toContain(message)
      expect((received as Error).message).toMatch(/^Cannot receive: /)
    }
    expect(channel.tryReceive()).toBeUndefined()
  })
})

// A cost that grew with the queue would take these past the time that a test has.
describe('Channel with 100,000 values', { timeout: 20_000 }, () => {
  const many = 100_000

  it.each([0, 1, 1000, Infinity])('hands them over in order, capacity %d', async (capacity) => {
    const channel = new Channel<number>(capacity)
    const sending = Promise.all(range(many).map((value) => channel.send(value)))
    let expected = 0
    while (expected < many && (await channel.receive()) === expected) expected += 1
    expect(expected).toBe(many)
    await sending
  })

  it('keeps nothing of what was received or left', async () => {
    const channel = new Channel<object>(2)
    const references: Record<string, WeakRef<object>> = {}
    async function pass(name: string): Promise<void> {
      const value = {}
      references[name] = new WeakRef(value)
      await channel.send(value)
      await channel.receive()
    }
    async function leave(): Promise<void> {
      const value = {}
      references['left'] = new WeakRef(value)
      const controller = new AbortController()
      const full = [channel.send({}), channel.send({})]
      const sending = reasonOf(channel.send(value, { signal: controller.signal }))
      controller.abort()
      await Promise.all([...full, sending])
    }
    await pass('first')
    await pass('second')
    await leave()
    expect(await namesInMemory(references)).toEqual([])
    expect(channel.tryReceive()).toBeDefined()
  })
})
