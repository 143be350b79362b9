import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Gathering } from '../src/server/gathering.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setImmediate', 'clearImmediate', 'performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

function setUp(mostHeld = 1000) {
  let connections = 0
  const handedOver: number[] = []
  const gathering = new Gathering(
    () => connections,
    () => mostHeld,
  )
  return {
    handedOver,
    arrive: (item: number) => gathering.add(() => handedOver.push(item)),
    accept: () => connections++,
    turn: () => vi.advanceTimersToNextTimer(),
  }
}

describe('Gathering', () => {
  it('hands over what was read in one turn in one go, in order', () => {
    const { handedOver, arrive, turn } = setUp()
    for (const item of [1, 2, 3]) arrive(item)
    expect(handedOver).toEqual([])
    turn()
    expect(handedOver).toEqual([1, 2, 3])
  })

  it('has a lone client wait for the turn after the one that accepted it, and no longer', () => {
    const { handedOver, arrive, accept, turn } = setUp()
    accept()
    arrive(1)
    turn()
    expect(handedOver).toEqual([])
    turn()
    expect(handedOver).toEqual([1])
    arrive(2)
    turn()
    expect(handedOver).toEqual([1, 2])
  })

  it('waits for a crowd at the door, which comes in one a turn', () => {
    const { handedOver, arrive, accept, turn } = setUp()
    for (let client = 0; client < 500; client++) {
      accept()
      arrive(client)
      turn()
    }
    expect(handedOver).toEqual([])
    turn()
    expect(handedOver).toHaveLength(500)
  })

  it('does not wait once a batch is full', () => {
    const { handedOver, arrive, accept, turn } = setUp(3)
    for (let client = 0; client < 3; client++) {
      accept()
      arrive(client)
      turn()
    }
    expect(handedOver).toEqual([0, 1, 2])
  })

  it('does not wait longer than half a second, whoever else comes', () => {
    const { handedOver, arrive, accept, turn } = setUp()
    const now = vi.spyOn(performance, 'now')
    now.mockReturnValue(1000)
    arrive(0)
    for (const time of [1100, 1499, 1500]) {
      expect(handedOver).toEqual([])
      now.mockReturnValue(time)
      accept()
      turn()
    }
    expect(handedOver).toEqual([0])
  })

  it('runs nothing while nothing came', () => {
    const { arrive, accept, turn } = setUp()
    accept()
    expect(vi.getTimerCount()).toBe(0)
    arrive(1)
    turn()
    turn()
    expect(vi.getTimerCount()).toBe(0)
  })
})
