import { Semaphore } from 'jitney'
import { settle } from 'jitney/testing'
import { describe, expect, it, vi } from 'vitest'

import { observe } from '../support/observe.ts'

describe('Semaphore.onAllowance()', () => {
  it('calls back when it is first and the places are free, never before it returns', async () => {
    const semaphore = new Semaphore(2)
    const calls: string[] = []
    semaphore.onAllowance(2, () => calls.push(`served, ${semaphore.active} held`))
    calls.push('returned')
    await settle()
    expect(calls).toEqual(['returned', 'served, 0 held'])
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })

  it('waits in line with everybody else', async () => {
    const semaphore = new Semaphore(1)
    const first = await semaphore.acquire()
    const order: string[] = []
    const second = semaphore.acquire().then((permit) => (order.push('second'), permit))
    semaphore.onAllowance(1, () => order.push('third'))
    const fourth = observe(semaphore.acquire().then((permit) => (order.push('fourth'), permit)))
    expect(semaphore.queued).toBe(3)
    first.release()
    await settle()
    expect([order, fourth.status]).toEqual([['second'], 'pending'])
    ;(await second).release()
    await settle()
    expect(order).toEqual(['second', 'third', 'fourth'])
  })

  it('lets whoever is served take places as if nobody else waited', async () => {
    const semaphore = new Semaphore(1)
    const first = await semaphore.acquire()
    let taken: unknown
    semaphore.onAllowance(1, () => {
      taken = semaphore.tryAcquire()
    })
    const next = observe(semaphore.acquire())
    first.release()
    await settle()
    expect(taken).toBeDefined()
    expect([semaphore.active, semaphore.queued, next.status]).toEqual([1, 1, 'pending'])
  })

  it('keeps nobody waiting who came behind one that left or took nothing', async () => {
    const semaphore = new Semaphore(1)
    const first = await semaphore.acquire()
    const leave = semaphore.onAllowance(1, () => {
      throw new Error('has left')
    })
    semaphore.onAllowance(1, () => {})
    const last = observe(semaphore.acquire())
    leave()
    leave()
    expect(semaphore.queued).toBe(2)
    first.release()
    await settle()
    expect([last.status, semaphore.queued]).toEqual(['fulfilled', 0])
  })

  it('leaves other work its turn, though who is served enrols again for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const semaphore = new Semaphore(1)
      let served = 0
      const again = (): void => {
        served += 1
        semaphore.onAllowance(1, again)
      }
      semaphore.onAllowance(1, again)
      await settle()
      const before = served
      expect([semaphore.queued, vi.getTimerCount()]).toEqual([1, 1])
      vi.runOnlyPendingTimers()
      await settle()
      expect(served).toBeGreaterThan(before)
      expect([semaphore.queued, vi.getTimerCount()]).toEqual([1, 1])
    } finally {
      vi.useRealTimers()
    }
  })

  it('refuses a weight that could never fit, and what is no function', () => {
    const semaphore = new Semaphore(2)
    expect(() => semaphore.onAllowance(3, () => {})).toThrow(RangeError)
    expect(() => semaphore.onAllowance(0.5, () => {})).toThrow(RangeError)
    expect(() => semaphore.onAllowance(1, undefined as never)).toThrow(TypeError)
    expect(semaphore.queued).toBe(0)
  })
})
