import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitCost } from '../../src/tune/fit-cost.ts'

const sizes = [1, 2, 4, 8, 16, 32, 64]

function samplesOf(duration: (size: number) => number) {
  return sizes.map((size) => ({ size, duration: duration(size), batches: 10 }))
}

describe('fitCost()', () => {
  it('finds what a straight line was made of', () => {
    const positive = fc.double({ min: 0.001, max: 1000, noNaN: true })
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const cost = fitCost(samplesOf((size) => a + b * size))!
        // The smaller of the two is what rounding leaves of a difference.
        expect(Math.abs(cost.a - a)).toBeLessThan(1e-9 * (a + b))
        expect(Math.abs(cost.b - b)).toBeLessThan(1e-9 * (a + b))
        expect(cost.error).toBeLessThan(1e-9)
      }),
    )
  })

  it('is never below 0, and says how far off it is', () => {
    const duration = fc.double({ min: 0.001, max: 1000, noNaN: true })
    fc.assert(
      fc.property(fc.array(duration, { minLength: 7, maxLength: 7 }), (durations) => {
        const samples = samplesOf((size) => durations[sizes.indexOf(size)]!)
        const { a, b, error } = fitCost(samples)!
        expect(Math.min(a, b)).toBeGreaterThanOrEqual(0)
        for (const { size, duration: measured } of samples) {
          const off = Math.abs(a + b * size - measured)
          expect(off).toBeLessThanOrEqual(error * measured * (1 + 1e-9))
        }
      }),
    )
    expect(fitCost(samplesOf((size) => 10 / size))).toMatchObject({ b: 0 })
    expect(fitCost(samplesOf((size) => size ** 2))).toMatchObject({ a: 0 })
  })

  it('goes more by what was measured more often', () => {
    const [one, two, four] = [1, 2, 4].map((size) => ({ size, duration: 10 + size, batches: 100 }))
    const samples = [one!, two!, four!, { size: 8, duration: 36, batches: 1 }]
    expect(fitCost(samples)!.a).toBeGreaterThan(9)
  })

  it('needs two sizes, and batches that take time', () => {
    expect(fitCost([{ size: 1, duration: 5, batches: 1 }])).toBeUndefined()
    expect(fitCost(samplesOf(() => 0))).toBeUndefined()
  })
})
