import { ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { Alarm } from '../src/platform/readable-alarm.ts'
import type { Clock } from '../src/platform/clock.ts'

const longestDelay = 2 ** 31 - 1
const here = <Result>(run: () => Result): Result => run()

/** An alarm, the times at which it rang, and the delays it asked its clock for. */
function setUp(clock: ManualClock): { alarm: Alarm; rang: number[]; delays: number[] } {
  const rang: number[] = []
  const delays: number[] = []
  const watched: Clock = {
    now: () => clock.now(),
    setTimeout: (callback, delay) => {
      delays.push(delay)
      return clock.setTimeout(callback, delay)
    },
    clearTimeout: (timer) => {
      clock.clearTimeout(timer)
    },
  }
  const alarm = new Alarm(watched, here, () => {
    rang.push(clock.now())
  })
  return { alarm, rang, delays }
}

/** A clock whose timers all fire when the test says so, however early. */
function impatientClock(): Clock & { time: number; timers: (() => void)[] } {
  const clock = {
    time: 0,
    timers: [] as (() => void)[],
    now: () => clock.time,
    setTimeout: (callback: () => void) => clock.timers.push(callback),
    clearTimeout: () => {},
  }
  return clock
}

describe('Alarm', () => {
  it('rings once, at its deadline', async () => {
    const clock = new ManualClock(1000)
    const { alarm, rang } = setUp(clock)
    alarm.set(1250)
    await clock.advance(249)
    expect(rang).toEqual([])
    await clock.advance(1000)
    expect(rang).toEqual([1250])
    expect(clock.timerCount).toBe(0)
  })

  it('rings soon, though not at once, for a deadline that has passed', async () => {
    const clock = new ManualClock(1000)
    const { alarm, rang, delays } = setUp(clock)
    alarm.set(-Infinity)
    expect(rang).toEqual([])
    await clock.advance(0)
    expect(rang).toEqual([1000])
    expect(delays).toEqual([0])
  })

  it('waits for what is left when a timer fires early', () => {
    const clock = impatientClock()
    let rings = 0
    const alarm = new Alarm(clock, here, () => {
      rings += 1
    })
    alarm.set(5)
    clock.time = 4.75
    clock.timers[0]?.()
    expect(rings).toBe(0)
    expect(clock.timers).toHaveLength(2)
    clock.time = 5
    clock.timers[1]?.()
    expect(rings).toBe(1)
    expect(clock.timers).toHaveLength(2)
  })

  it('keeps deadlines beyond what a timer can hold, in steps', async () => {
    const clock = new ManualClock()
    const { alarm, rang, delays } = setUp(clock)
    alarm.set(2 ** 31)
    await clock.advance(longestDelay)
    expect(rang).toEqual([])
    await clock.advance(1)
    expect(rang).toEqual([2 ** 31])
    expect(delays).toEqual([longestDelay, 1])
  })

  it('asks no timer for longer than it can hold, however far the deadline', async () => {
    const clock = new ManualClock()
    const { alarm, rang, delays } = setUp(clock)
    alarm.set(Number.MAX_VALUE)
    await clock.advance(longestDelay * 3)
    expect(rang).toEqual([])
    expect(delays).toEqual([longestDelay, longestDelay, longestDelay, longestDelay])
    expect(clock.timerCount).toBe(1)
  })

  it('holds no timer for Infinity, nor after it was cleared', async () => {
    const clock = new ManualClock()
    const { alarm, rang } = setUp(clock)
    alarm.set(Infinity)
    expect(clock.timerCount).toBe(0)
    alarm.set(10)
    alarm.set(Infinity)
    expect(clock.timerCount).toBe(0)
    alarm.set(20)
    alarm.clear()
    alarm.clear()
    expect(clock.timerCount).toBe(0)
    expect(alarm.deadline).toBe(Infinity)
    await clock.advance(100)
    expect(rang).toEqual([])
  })

  it('moves to another deadline with one timer, and leaves that of the same deadline alone', async () => {
    const clock = new ManualClock()
    const { alarm, rang, delays } = setUp(clock)
    alarm.set(10)
    alarm.set(10)
    expect(delays).toEqual([10])
    alarm.set(30)
    expect(alarm.deadline).toBe(30)
    alarm.set(20)
    expect(clock.timerCount).toBe(1)
    await clock.advance(100)
    expect(rang).toEqual([20])
  })

  it('ignores a timer that fires although it was cleared', () => {
    const clock = impatientClock()
    let rings = 0
    const alarm = new Alarm(clock, here, () => {
      rings += 1
    })
    alarm.set(5)
    alarm.clear()
    clock.time = 5
    clock.timers[0]?.()
    expect(rings).toBe(0)
    expect(clock.timers).toHaveLength(1)
  })

  it('can be set again from within its ring', async () => {
    const clock = new ManualClock()
    const rang: number[] = []
    const alarm = new Alarm(clock, here, () => {
      rang.push(clock.now())
      if (rang.length < 3) alarm.set(clock.now() + 10)
    })
    alarm.set(10)
    await clock.advance(100)
    expect(rang).toEqual([10, 20, 30])
    expect(alarm.deadline).toBe(Infinity)
    expect(clock.timerCount).toBe(0)
  })
})
