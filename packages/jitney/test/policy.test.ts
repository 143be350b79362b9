import fc from 'fast-check'
import { nextDeparture, type QueueState } from 'jitney/policy'
import { describe, expect, it } from 'vitest'

const count = fc.constantFrom(1, 2, 3, 1000, Infinity)
const time = fc.constantFrom(0, 0.25, 1, 1e3, 2 ** 31, 1e15)

const anyState: fc.Arbitrary<QueueState> = fc.record({
  queued: fc.constantFrom(0, 1, 2, 1e6),
  full: fc.boolean(),
  oldestArrival: time,
  active: fc.constantFrom(0, 1, 2, 1000),
  concurrency: count,
  maxQueueTime: fc.oneof(fc.constant('adaptive' as const), time, fc.constant(Infinity)),
  paused: fc.boolean(),
  flushing: fc.boolean(),
  closing: fc.boolean(),
  retrying: fc.boolean(),
})

/** States in which something waits, a slot is free and nobody asked for anything. */
const anyFreeState = anyState
  .filter(({ queued, active, concurrency }) => queued > 0 && active < concurrency)
  .map((state) => ({
    ...state,
    full: false,
    paused: false,
    flushing: false,
    closing: false,
    retrying: false,
  }))

function forAll(states: fc.Arbitrary<QueueState>, holds: (state: QueueState) => void): void {
  fc.assert(fc.property(states, holds), { numRuns: 2000 })
}

describe('nextDeparture()', () => {
  it('is never, while nothing waits or every slot is taken', () => {
    forAll(anyState, (state) => {
      const { active, concurrency } = state
      expect(nextDeparture({ ...state, queued: 0 }).at).toBe(Infinity)
      const full = { ...state, active: Math.max(active, concurrency) }
      expect(nextDeparture(full).at).toBe(Infinity)
    })
  })

  it('is never, while paused, unless flush() or close() asked', () => {
    forAll(anyFreeState, (state) => {
      const paused = { ...state, paused: true }
      expect(nextDeparture({ ...paused, full: true }).at).toBe(Infinity)
      expect(nextDeparture({ ...paused, flushing: true })).toMatchObject(atOnce('flush'))
      expect(nextDeparture({ ...paused, closing: true })).toMatchObject(atOnce('close'))
    })
  })

  it('is at once, without letting the turn end, for a full batch, flush() and close()', () => {
    forAll(anyFreeState, (state) => {
      expect(nextDeparture({ ...state, full: true })).toMatchObject(atOnce('size'))
      expect(nextDeparture({ ...state, flushing: true })).toMatchObject(atOnce('flush'))
      expect(nextDeparture({ ...state, closing: true })).toMatchObject(atOnce('close'))
    })
  })

  it('is at once as well for what is tried again, unless more was asked for', () => {
    forAll(anyFreeState, (state) => {
      const retrying = { ...state, retrying: true }
      expect(nextDeparture(retrying)).toMatchObject(atOnce('retry'))
      expect(nextDeparture({ ...retrying, flushing: true }).reason).toBe('flush')
      expect(nextDeparture({ ...retrying, full: true }).reason).toBe('size')
      expect(nextDeparture({ ...retrying, paused: true }).at).toBe(Infinity)
    })
  })

  it('says why a batch left: by its size before flush() or close(), and close() before flush()', () => {
    forAll(anyFreeState, (state) => {
      const asked = { ...state, flushing: true, closing: true }
      expect(nextDeparture({ ...asked, full: true }).reason).toBe('size')
      expect(nextDeparture(asked).reason).toBe('close')
    })
  })

  it('is when the oldest item has waited for maxQueueTime, at the end of a turn', () => {
    forAll(anyFreeState, (state) => {
      const { oldestArrival, maxQueueTime } = state
      fc.pre(maxQueueTime !== 'adaptive')
      expect(nextDeparture(state)).toEqual({
        at: oldestArrival + maxQueueTime,
        afterTurn: true,
        reason: 'time',
      })
    })
  })

  it("is at the end of the turn with 'adaptive', whether batches run or not", () => {
    forAll(anyFreeState, (state) => {
      expect(nextDeparture({ ...state, maxQueueTime: 'adaptive' })).toEqual({
        at: -Infinity,
        afterTurn: true,
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
  return { at: -Infinity, afterTurn: false, reason }
}
