import fc from 'fast-check'
import { Pacer } from 'jitney/policy'
import { describe, expect, it } from 'vitest'

const cost = fc.double({ min: 0.01, max: 1000, noNaN: true })

/** One that knows the costs, whose last batch left at 1000 and held as many as all before. */
function knowing(a: number, b: number, usualSize = 1): Pacer {
  const pacer = Object.assign(new Pacer(), { a, b })
  for (let batch = 0; batch < 200; batch += 1) pacer.departed(1000, usualSize, 'slot')
  return pacer
}

describe('Pacer.ended()', () => {
  it('finds nothing out before batches of different sizes were seen', () => {
    const pacer = new Pacer()
    for (let batch = 0; batch < 10; batch += 1) pacer.ended(4, 14)
    expect([pacer.a, pacer.b]).toEqual([0, 0])
    pacer.ended(8, 18)
    expect(pacer.a).toBeCloseTo(10, 6)
    expect(pacer.b).toBeCloseTo(1, 6)
  })

  it('finds any a and b from batches without noise', () => {
    fc.assert(
      fc.property(cost, cost, fc.array(fc.integer({ min: 1, max: 1000 })), (a, b, sizes) => {
        const pacer = new Pacer()
        // In halves at first: the third batch then takes less than three times what is expected.
        for (const size of [64, 128, ...sizes]) pacer.ended(size, a + b * size)
        for (const size of [64, 128]) {
          expect((pacer.a + pacer.b * size) / (a + b * size)).toBeCloseTo(1, 3)
        }
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
      const pacer = new Pacer()
      const sizes = Array.from({ length: 50 }, (_, index) => 1 + ((index * 7) % 20))
      for (const size of sizes) pacer.ended(size, 10 + size)
      for (const size of sizes) pacer.ended(size, factor * (10 + size))
      expect(pacer.a / (10 * factor)).toBeCloseTo(1, 2)
      expect(pacer.b / factor).toBeCloseTo(1, 2)
    }
  })

  it('keeps the costs of an item when only batches of one size come, for however long', () => {
    const pacer = new Pacer()
    for (const size of [1, 100]) pacer.ended(size, 5 + 0.1 * size)
    for (let batch = 0; batch < 20_000; batch += 1) pacer.ended(20, 14)
    expect(pacer.a + pacer.b * 20).toBeCloseTo(14, 6)
    expect(pacer.b).toBeGreaterThan(0.05)
    expect(pacer.b).toBeLessThan(0.4)
  })

  it('is not led astray by one batch that took a hundred times as long', () => {
    const pacer = new Pacer()
    for (let batch = 0; batch < 50; batch += 1) {
      const size = 2 ** (batch % 6)
      pacer.ended(size, 10 + 0.5 * size)
    }
    pacer.ended(8, 1400)
    expect((pacer.a + pacer.b * 8) / 14).toBeLessThan(1.5)
  })

  it('leaves behind that batches took no time at all', () => {
    const pacer = new Pacer()
    for (let batch = 0; batch < 1000; batch += 1) pacer.ended(1 + (batch % 3), 0)
    for (let batch = 0; batch < 50; batch += 1) pacer.ended(1 + (batch % 3), 20)
    expect(pacer.a).toBeCloseTo(20, 0)
  })
})

describe('Pacer.earliest()', () => {
  it('is a duration over the slots after the last batch where items cost nothing', () => {
    expect(knowing(10, 0, 5).earliest(5, 3, 4)).toBe(1002.5)
  })

  it('is earlier the fewer batches run, and where items cost more than the call', () => {
    expect(knowing(12, 0.5, 8).earliest(3, 3, 4)).toBeCloseTo(1004, 6)
    expect(knowing(12, 0.5, 8).earliest(3, 1, 4)).toBeCloseTo(1000 + 4 * Math.sqrt(1 / 3), 6)
    expect(knowing(12, 3, 8).earliest(3, 3, 4)).toBeCloseTo(1003, 6)
  })

  it('is never later than two calls, divided by the slots, and at once with nothing to pace', () => {
    const flow = fc.record({
      queued: fc.integer({ min: 1, max: 10_000 }),
      usualSize: fc.integer({ min: 1, max: 10_000 }),
      slots: fc.integer({ min: 2, max: 100 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(cost, cost, flow, (a, b, { share, queued, usualSize, slots }) => {
        const active = Math.floor(share * (slots - 1))
        const pacer = knowing(a, b, usualSize)
        const at = pacer.earliest(queued, active, slots)
        expect(at).toBeGreaterThanOrEqual(1000)
        expect(at - 1000).toBeLessThanOrEqual(((2 * a) / slots) * (1 + 1e-9))
        expect(pacer.pace).toBeCloseTo(at - 1000, 6)
        expect(pacer.earliest(queued, 0, slots)).toBe(1000)
        expect(pacer.earliest(queued, 0, 1)).toBe(1000)
        expect(pacer.earliest(queued, 1, 1)).toBe(1000)
        expect(pacer.earliest(queued, active, Infinity)).toBe(1000)
        expect(pacer.earliest(Math.ceil(a / b), active, slots)).toBe(1000)
        expect(knowing(0, 0, usualSize).earliest(queued, active, slots)).toBe(1000)
      }),
    )
  })

  it('keeps the pace of a rate that wants a slower one, also while nothing runs', () => {
    expect(knowing(10, 0).earliest(1, 0, 4, [{ pace: 50 }, { pace: 20 }])).toBe(1050)
    expect(knowing(10, 0).earliest(1, 3, 4, [{ pace: 1 }])).toBe(1002.5)
  })

  it('is at once before the first batch', () => {
    expect(new Pacer().earliest(1, 0, 4, [{ pace: 50 }])).toBe(-Infinity)
  })
})
