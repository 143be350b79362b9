import fc from 'fast-check'
import { nextDeparture, type QueueState } from 'jitney/policy'
import { describe, expect, it } from 'vitest'

const time = fc.constantFrom(0, 0.25, 1, 1e3, 2 ** 31, 1e15)

const anyState: fc.Arbitrary<QueueState> = fc.record({
  full: fc.boolean(),
  asked: fc.constantFrom(undefined, 'close', 'flush', 'retry'),
  oldestArrival: time,
  maxQueueTime: fc.oneof(fc.constant('adaptive' as const), time, fc.constant(Infinity)),
  active: fc.constantFrom(0, 1, 2, 1000),
  paced: fc.constantFrom(-Infinity, 0, 1e3),
})

/** States in which nobody asked for anything. */
const anyFreeState = anyState.map((state) => ({ ...state, full: false, asked: undefined }))

function forAll(states: fc.Arbitrary<QueueState>, holds: (state: QueueState) => void): void {
  fc.assert(fc.property(states, holds), { numRuns: 2000 })
}

describe('nextDeparture()', () => {
  it('is at once, without letting the turn end, for a full batch and for what is asked for', () => {
    forAll(anyFreeState, (state) => {
      expect(nextDeparture({ ...state, full: true })).toEqual(atOnce('size'))
      for (const asked of ['flush', 'close', 'retry'] as const)
        expect(nextDeparture({ ...state, asked })).toEqual(atOnce(asked))
    })
  })

  it('says why a batch left: by its size before what is asked for', () => {
    forAll(anyFreeState, (state) => {
      for (const asked of ['flush', 'close', 'retry'] as const)
        expect(nextDeparture({ ...state, full: true, asked }).reason).toBe('size')
    })
  })

  it('is when the oldest item has waited for maxQueueTime, at the end of a turn', () => {
    forAll(anyFreeState, (state) => {
      const { oldestArrival, maxQueueTime } = state
      fc.pre(maxQueueTime !== 'adaptive')
      expect(nextDeparture(state)).toEqual({
        at: oldestArrival + maxQueueTime,
        reason: 'time',
      })
    })
  })

  it("is when the pace allows it with 'adaptive', at the end of a turn", () => {
    forAll(anyFreeState, (state) => {
      expect(nextDeparture({ ...state, maxQueueTime: 'adaptive' })).toEqual({
        at: Math.max(state.oldestArrival, state.paced),
        reason: state.active === 0 ? 'idle' : 'slot',
      })
    })
  })

  it('does not depend on anything but its argument, and leaves that as it is', () => {
    forAll(anyState, (state) => {
      const frozen = Object.freeze({ ...state })
      expect(nextDeparture(frozen)).toEqual(nextDeparture(frozen))
      expect(nextDeparture(frozen).at).not.toBeNaN()
    })
  })
})

function atOnce(reason: string): object {
  return { at: -Infinity, reason }
}
