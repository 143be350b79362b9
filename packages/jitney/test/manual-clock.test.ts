import { ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

/** Sets timers with these delays; gives what rang and when. */
function ring(clock: ManualClock, delays: readonly number[]): string[] {
  const rang: string[] = []
  for (const delay of delays) {
    clock.setTimeout(() => {
      rang.push(`${delay} at ${clock.now()}`)
    }, delay)
  }
  return rang
}

describe('ManualClock', () => {
  it('stands still, from the time it was given', async () => {
    const clock = new ManualClock(1234.5)
    expect(clock.now()).toBe(1234.5)
    await clock.advance(0)
    expect(clock.now()).toBe(1234.5)
    expect(new ManualClock().now()).toBe(0)
  })

  it('runs timers in the order of their deadlines, each at its own time', async () => {
    const clock = new ManualClock(100)
    const rang = ring(clock, [30, 10, 20, 40])
    await clock.advance(35)
    expect(rang).toEqual(['10 at 110', '20 at 120', '30 at 130'])
    expect(clock.now()).toBe(135)
    expect(clock.timerCount).toBe(1)
  })

  it('runs timers of one moment in the order in which they were set', async () => {
    const clock = new ManualClock()
    const rang: string[] = []
    for (const name of ['first', 'second', 'third']) {
      clock.setTimeout(() => {
        rang.push(name)
      }, 5)
    }
    await clock.advance(5)
    expect(rang).toEqual(['first', 'second', 'third'])
  })

  it('runs timers that others set, if they become due in the same stretch', async () => {
    const clock = new ManualClock()
    const rang: number[] = []
    const again = (): void => {
      rang.push(clock.now())
      clock.setTimeout(again, 10)
    }
    clock.setTimeout(again, 10)
    await clock.advance(35)
    expect(rang).toEqual([10, 20, 30])
  })

  it('treats a negative delay as none', async () => {
    const clock = new ManualClock(50)
    const rang = ring(clock, [-5])
    await clock.advance(0)
    expect(rang).toEqual(['-5 at 50'])
  })

  it('does not run what was cleared, also by a timer of the same moment', async () => {
    const clock = new ManualClock()
    const rang: string[] = []
    clock.setTimeout(() => {
      rang.push('first')
      clock.clearTimeout(later)
    }, 5)
    const later = clock.setTimeout(() => {
      rang.push('cleared')
    }, 5)
    clock.clearTimeout(
      clock.setTimeout(() => {
        rang.push('cleared')
      }, 1),
    )
    await clock.advance(100)
    expect(rang).toEqual(['first'])
    expect(clock.timerCount).toBe(0)
  })

  it('bears it when something unknown is cleared', () => {
    const clock = new ManualClock()
    for (const timer of [undefined, null, 7, {}]) clock.clearTimeout(timer)
    expect(clock.timerCount).toBe(0)
  })

  it('lets all promise jobs and ends of turns happen before, between and after timers', async () => {
    const clock = new ManualClock()
    const seen: string[] = []
    const work = async (name: string): Promise<void> => {
      for (let job = 0; job < 20; job += 1) await null
      await new Promise<void>((resolve) => {
        process.nextTick(resolve)
      })
      seen.push(`${name} at ${clock.now()}`)
    }
    void work('before')
    clock.setTimeout(() => void work('first'), 10)
    clock.setTimeout(() => void work('second'), 10)
    clock.setTimeout(() => void work('last'), 20)
    await clock.advance(20)
    expect(seen).toEqual(['before at 0', 'first at 10', 'second at 10', 'last at 20'])
  })

  it('sleeps for as long as time takes to pass', async () => {
    const clock = new ManualClock()
    let awake = false
    void clock.sleep(10).then(() => {
      awake = true
    })
    await clock.advance(9.5)
    expect(awake).toBe(false)
    await clock.advance(0.5)
    expect(awake).toBe(true)
  })

  it.each([-1, NaN])('refuses to advance by %s', async (duration) => {
    await expect(new ManualClock().advance(duration)).rejects.toThrow(
      `Cannot advance: 'duration' must be at least 0, received ${duration}`,
    )
  })
})
