import { Batcher } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { observe } from '../support/observe.ts'

describe('fake timers drive a Batcher with its default clock:', () => {
  const batches = manualBatches<number, number>()
  // Before the timers are faked: nothing of them may be kept from then.
  const made = new Batcher(batches.batchFunction, { maxQueueTime: 100, timeout: 50 })

  beforeEach(() => {
    vi.useFakeTimers()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('the window, the timeout and the timeout of close(), also of a batcher made before', async () => {
    const first = observe(made.process(1))
    await settle()
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(99)
    expect(batches.calls).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(batches.items).toEqual([[1]])

    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(49)
    expect(first.status).toBe('pending')
    await vi.advanceTimersByTimeAsync(1)
    expect(first.reason).toMatchObject({ name: 'BatchTimeoutError' })
    expect(vi.getTimerCount()).toBe(0)

    const second = observe(made.process(2))
    const closed = observe(made.close({ timeout: 1000 }))
    await vi.advanceTimersByTimeAsync(999)
    expect([second.status, closed.status]).toEqual(['pending', 'pending'])
    await vi.advanceTimersByTimeAsync(1)
    expect(second.reason).toMatchObject({ name: 'BatchAbortedError', started: false })
    expect(closed.status).toBe('fulfilled')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a window of more than 2^31 ms', async () => {
    const long = manualBatches<number, number>()
    const batcher = new Batcher(long.batchFunction, { maxQueueTime: 2 ** 31 })
    void batcher.process(1)
    await settle()
    await vi.advanceTimersByTimeAsync(2 ** 31 - 1)
    expect(long.calls).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(long.items).toEqual([[1]])
  })

  it('no timer where none is needed: a lone item is served while they stand still', async () => {
    const batcher = new Batcher((items: number[]) => items.map((item) => item * item))
    expect(await batcher.process(3)).toBe(9)
    await batcher.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('no faked microtask either', async () => {
    vi.useFakeTimers({ toFake: ['queueMicrotask', 'setTimeout', 'setImmediate', 'performance'] })
    const batcher = new Batcher((items: number[]) => items.map((item) => item * item))
    expect(await batcher.process(3)).toBe(9)
    await batcher.close()
  })

  it('ages and durations', async () => {
    const measured = manualBatches<number, number>()
    const batcher = new Batcher(measured.batchFunction)
    void batcher.process(1)
    await settle()
    void batcher.process(2)
    await vi.advanceTimersByTimeAsync(250)
    expect(batcher.stats().oldestAge).toBe(250)
    measured.calls[0]?.resolve([1])
    await settle()
    expect(batcher.stats()).toMatchObject({ totalDuration: 250, oldestAge: 0 })
  })
})
