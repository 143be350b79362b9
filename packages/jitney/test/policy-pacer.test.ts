import fc from 'fast-check'
import { Pacer } from 'jitney/policy'
import { describe, expect, it } from 'vitest'

const cost = fc.double({ min: 0.01, max: 1000, noNaN: true })

/** One that has seen many batches. */
function having(sizes: readonly number[], durationOf: (size: number) => number): Pacer {
  const pacer = new Pacer()
  for (let batch = 0; batch < 200; batch += 1) {
    const size = sizes[batch % sizes.length] as number
    pacer.ended(size, durationOf(size))
  }
  return pacer
}

describe('Pacer.ended()', () => {
  it('knows of no cost of a call before batches of different sizes were seen', () => {
    const pacer = having([4], () => 14)
    expect(pacer.a).toBeLessThan(0.2)
    for (const size of Array.from({ length: 50 }, (_, index) => 1 + (index % 8)))
      pacer.ended(size, 10 + size)
    expect(pacer.a).toBeCloseTo(10, 1)
    expect(pacer.b).toBeCloseTo(1, 1)
  })

  it('finds any a and b from batches without noise', () => {
    fc.assert(
      fc.property(cost, cost, (a, b) => {
        const pacer = having([3, 64, 17, 128], (size) => a + b * size)
        for (const size of [64, 128])
          expect((pacer.a + pacer.b * size) / (a + b * size)).toBeCloseTo(1, 3)
      }),
    )
  })

  it('is never negative and always finite, whatever it sees', () => {
    const size = fc.integer({ min: 1, max: 2 ** 31 - 1 })
    const duration = fc.double({ min: 0, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(size, duration), { maxLength: 200 }), (batches) => {
        const pacer = new Pacer()
        for (const [items, took] of batches) {
          pacer.ended(items, took)
          expect(pacer.a).toBeGreaterThanOrEqual(0)
          expect(pacer.b).toBeGreaterThanOrEqual(0)
          expect(Number.isFinite(pacer.a + pacer.b)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('knows what batches cost 50 of them after both costs have changed', () => {
    for (const factor of [0.25, 0.5, 2, 4]) {
      const sizes = Array.from({ length: 20 }, (_, index) => 1 + ((index * 7) % 20))
      const pacer = having(sizes, (size) => 10 + size)
      for (let batch = 0; batch < 50; batch += 1) {
        const size = sizes[batch % 20] as number
        pacer.ended(size, factor * (10 + size))
      }
      expect(pacer.a / (10 * factor)).toBeCloseTo(1, 1)
      expect(pacer.b / factor).toBeCloseTo(1, 1)
    }
  })

  it('keeps the costs of an item when only batches of one size come, for however long', () => {
    const pacer = having([1, 100], (size) => 5 + 0.1 * size)
    for (let batch = 0; batch < 20_000; batch += 1) pacer.ended(20, batch % 2 ? 6 : 8)
    expect(pacer.a + pacer.b * 20).toBeCloseTo(7, 0)
    expect(pacer.b).toBeGreaterThan(0.02)
    expect(pacer.b).toBeLessThan(0.3)
  })

  it('is not led astray by one batch that took a hundred times as long', () => {
    const pacer = having([1, 2, 4, 8, 16, 32], (size) => 10 + 0.5 * size)
    pacer.ended(8, 1400)
    expect((pacer.a + pacer.b * 8) / 14).toBeLessThan(1.5)
  })

  it('leaves behind that batches took no time at all', () => {
    const pacer = having([1, 2, 3], () => 0)
    for (let batch = 0; batch < 50; batch += 1) pacer.ended(1 + (batch % 3), 20)
    expect(pacer.a + pacer.b * 2).toBeCloseTo(20, 0)
  })
})

describe('Pacer.next()', () => {
  it('is the duration of a batch over the slots', () => {
    const pacer = having([2, 6], () => 12)
    expect(pacer.next(3, 3, 4)).toBeCloseTo(3, 6)
    expect(pacer.next(3, 1, 4)).toBeCloseTo(3, 6)
    expect(pacer.next(3, 1, 2)).toBeCloseTo(6, 6)
    expect(pacer.pace).toBeCloseTo(6, 6)
  })

  it('is nothing while nothing runs, with slots without end, and before anything is known', () => {
    const pacer = having([2, 6], () => 12)
    expect(pacer.next(3, 0, 4)).toBe(0)
    expect(pacer.next(3, 2, Infinity)).toBe(0)
    expect(new Pacer().next(3, 2, 4)).toBe(0)
    expect(pacer.pace).toBe(0)
  })

  it('is nothing once the items that wait take as long as the call, or those of the usual batch', () => {
    const pacer = having([2, 6], (size) => 10 + size)
    expect(pacer.next(9, 3, 4)).toBeGreaterThan(3)
    expect(pacer.next(11, 3, 4)).toBe(0)
    expect(having([12, 16], (size) => 10 + size).next(1, 3, 4)).toBe(0)
  })

  it('is never longer than two calls, divided by the slots', () => {
    const flow = fc.record({
      queued: fc.integer({ min: 1, max: 10_000 }),
      slots: fc.integer({ min: 2, max: 100 }),
      active: fc.integer({ min: 1, max: 99 }),
    })
    fc.assert(
      fc.property(cost, cost, flow, (a, b, { queued, slots, active }) => {
        const pacer = having([1, 5, 9], (size) => a + b * size)
        const pace = pacer.next(queued, active, slots)
        expect(pace).toBeGreaterThanOrEqual(0)
        expect(pace).toBeLessThanOrEqual((2 * pacer.a) / slots)
        expect(pacer.next(Math.ceil(pacer.a / pacer.b + 1), active, slots)).toBe(0)
      }),
    )
  })
})
