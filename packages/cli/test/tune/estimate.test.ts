import { describe, expect, it } from 'vitest'
import { errorOf, type Estimate, meanOf, medianOf, quantileOf } from '../../src/tune/estimate.ts'
import { seeded } from '../../src/tune/random.ts'

/** How often the truth is in the interval, of so many experiments with so many values each. */
function coverage(
  estimate: (values: readonly number[]) => Estimate,
  draw: () => number,
  truth: number,
  count: number,
): number {
  const experiments = 2000
  let hits = 0
  for (let experiment = 0; experiment < experiments; experiment += 1) {
    const { low, high } = estimate(Array.from({ length: count }, draw))
    if (low <= truth && truth <= high) hits += 1
  }
  return hits / experiments
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

describe('medianOf()', () => {
  it.each([6, 7, 20, 100])('holds the median of %i skewed values 95 times of 100', (count) => {
    const random = seeded(count)
    const draw = (): number => Math.exp(normal(random))
    expect(coverage(medianOf, draw, 1, count)).toBeGreaterThanOrEqual(0.95)
  })

  it('is the middle, whatever is far away', () => {
    expect(medianOf([3, 1, 1e9]).value).toBe(3)
    expect(medianOf([4, 1, 2, 1e9]).value).toBe(3)
    expect(medianOf([7])).toEqual({ value: 7, low: 7, high: 7 })
    expect(medianOf([]).value).toBeNaN()
  })

  it('becomes narrower with more values', () => {
    const random = seeded(1)
    const [few, many] = [20, 2000].map((length) => medianOf(Array.from({ length }, random)))
    expect(errorOf(many!)).toBeLessThan(errorOf(few!) / 4)
  })
})

describe('meanOf()', () => {
  it.each([2, 3, 6, 15, 60])('holds the mean of %i normal values 95 times of 100', (count) => {
    const random = seeded(count)
    const held = coverage(meanOf, () => 5 + normal(random), 5, count)
    // Three deviations of a count of 2000.
    expect(held).toBeGreaterThan(0.935)
    expect(held).toBeLessThan(0.965)
  })

  it('knows nothing of the spread of a single value', () => {
    expect(meanOf([5])).toEqual({ value: 5, low: -Infinity, high: Infinity })
  })
})

describe('quantileOf()', () => {
  it('is a value that so large a part does not pass', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([0, 0.5, 0.95, 1].map((share) => quantileOf(values, share))).toEqual([1, 50, 95, 100])
  })
})
