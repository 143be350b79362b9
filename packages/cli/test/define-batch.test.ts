import { describe, expect, expectTypeOf, it } from 'vitest'
import { type BatchDefinition, defineBatch } from '../src/index.ts'
import { isBatchDefinition } from '../src/module/define-batch.ts'

describe('defineBatch()', () => {
  it('infers what goes in and what comes out from the function', () => {
    const words = defineBatch(async (texts: string[]) => texts.map((text) => text.length))
    expectTypeOf(words).toEqualTypeOf<BatchDefinition<string, number>>()
    const some = defineBatch((items: number[]) =>
      items.map((item) => (item > 0 ? item : new Error('no'))),
    )
    expectTypeOf(some).toEqualTypeOf<BatchDefinition<number, number>>()
    const none = defineBatch((items: string[]) => void items)
    expectTypeOf(none).toEqualTypeOf<BatchDefinition<string, undefined>>()
    // @ts-expect-error a batch function returns one outcome per item
    defineBatch((items: string[]) => items.length)
    // @ts-expect-error an option that no batcher has
    defineBatch((items: string[]) => items, { maxBatchSise: 5 })
  })

  it('makes a plain frozen object that later changes do not reach', () => {
    const options = { maxBatchSize: 5 }
    const squares = defineBatch((numbers: number[]) => numbers, options)
    options.maxBatchSize = 6
    expect(squares.options).toEqual({ maxBatchSize: 5 })
    expect(Object.isFrozen(squares) && Object.isFrozen(squares.options)).toBe(true)
    expect(Object.getPrototypeOf(squares)).toBe(Object.prototype)
  })

  it('is known to another copy of the package', () => {
    const foreign = {
      [Symbol.for('@jitney/cli.batch')]: true,
      batchFunction: () => [],
      options: {},
    }
    expect(isBatchDefinition(foreign)).toBe(true)
    expect(isBatchDefinition({ batchFunction: () => [], options: {} })).toBe(false)
    expect([null, undefined, 1, () => []].some(isBatchDefinition)).toBe(false)
  })
})
