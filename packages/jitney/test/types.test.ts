/**
 * What `new Batcher(fn)` infers. The compiler is the test (`npm run check:types`); running it shows
 * that what callers get is what the types say.
 */
import { Batcher, type BatchFunction, outcome, type Processor } from 'jitney'
import { describe, expect, expectTypeOf, it } from 'vitest'

class NotFound extends Error {
  readonly status = 404
}

describe('the types of a Batcher', () => {
  it('come from the batch function, whether it returns a promise or not', async () => {
    const squares = new Batcher((numbers: number[]) => numbers.map((number) => number * number))
    const names = new Batcher(async (numbers: number[]) => await numbers.map(String))
    expectTypeOf(squares).toEqualTypeOf<Batcher<number, number>>()
    expectTypeOf(names).toEqualTypeOf<Batcher<number, string>>()
    expectTypeOf(names).not.toEqualTypeOf<Batcher<number, number>>()
    expectTypeOf(squares.process).parameter(0).toBeNumber()
    expectTypeOf(names.processAll([1])).resolves.toEqualTypeOf<string[]>()
    expect(await squares.process(3)).toBe(9)
    expect(await names.process(3)).toBe('3')
  })

  it('leave out the errors of items, of any class', async () => {
    const roots = new Batcher((numbers: number[]) =>
      numbers.map((number) => (number < 0 ? new RangeError('negative') : Math.sqrt(number))),
    )
    const users = new Batcher(
      async (ids: string[]) => await ids.map((id) => (id === '' ? new NotFound() : { id })),
    )
    expectTypeOf(roots).toEqualTypeOf<Batcher<number, number>>()
    expectTypeOf(users).toEqualTypeOf<Batcher<string, { id: string }>>()
    expect(await roots.process(9)).toBe(3)
    await expect(roots.process(-1)).rejects.toThrow(RangeError)
    await expect(users.process('')).rejects.toMatchObject({ status: 404 })
  })

  it('look through outcomes: an error is no result, a value may be an Error', async () => {
    const lengths = new Batcher((words: string[]) =>
      words.map((word) => (word === '' ? outcome.error('is empty') : word.length)),
    )
    const errors = new Batcher((words: string[]) =>
      words.map((word) => outcome.value(new Error(word))),
    )
    expectTypeOf(lengths).toEqualTypeOf<Batcher<string, number>>()
    expectTypeOf(errors).toEqualTypeOf<Batcher<string, Error>>()
    expect(await lengths.process('abc')).toBe(3)
    expect(await errors.process('abc')).toEqual(new Error('abc'))
  })

  it('look through promises of single items', async () => {
    const names = new Batcher((numbers: number[]) =>
      numbers.map(async (number) => await (number < 0 ? new NotFound() : String(number))),
    )
    expectTypeOf(names).toEqualTypeOf<Batcher<number, string>>()
    expect(await names.process(1)).toBe('1')
    await expect(names.process(-1)).rejects.toThrow(NotFound)
  })

  it('take undefined for a result where it is one, and for all when nothing is returned', async () => {
    const found = new Batcher((ids: string[]) => ids.map((id) => (id === '' ? undefined : { id })))
    const written = new Batcher(async (rows: string[]) => {
      await Promise.resolve(rows)
    })
    expectTypeOf(found).toEqualTypeOf<Batcher<string, { id: string } | undefined>>()
    expectTypeOf(written).toEqualTypeOf<Batcher<string, undefined>>()
    expect(await found.process('')).toBeUndefined()
    expect(await written.process('a row')).toBeUndefined()
  })

  it('take the element of a typed array', async () => {
    const floats = new Batcher((numbers: number[]) => Float32Array.from(numbers))
    const bigints = new Batcher((numbers: bigint[]) => BigInt64Array.from(numbers))
    expectTypeOf(floats).toEqualTypeOf<Batcher<number, number>>()
    expectTypeOf(bigints).toEqualTypeOf<Batcher<bigint, bigint>>()
    expect(await floats.process(0.5)).toBe(0.5)
    expect(await bigints.process(5n)).toBe(5n)
  })

  it('keep what the program claims, any included', async () => {
    const parse = (text: string): unknown => JSON.parse(text)
    // oxlint-disable-next-line typescript/no-explicit-any -- the subject of the test
    const anything = new Batcher((numbers: number[]) => parse(JSON.stringify(numbers)) as any)
    const claimed = new Batcher((numbers: number[]) => parse(JSON.stringify(numbers)) as number[])
    // oxlint-disable-next-line typescript/no-explicit-any -- the subject of the test
    expectTypeOf(anything).toEqualTypeOf<Batcher<number, any>>()
    expectTypeOf(claimed).toEqualTypeOf<Batcher<number, number>>()
    expect(await anything.process(1)).toBe(1)
    expect(await claimed.process(1)).toBe(1)
  })

  it('can be given, and then type the parameters of the batch function', async () => {
    const names = new Batcher<number, string>((numbers, { signal }) => {
      expectTypeOf(numbers).toEqualTypeOf<number[]>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      return numbers.map((number) => (number < 0 ? new NotFound() : String(number)))
    })
    const pairs = new Batcher<number, number[]>((numbers) => numbers.map((number) => [number]))
    const written = new Batcher<number, void>(async (numbers) => {
      await Promise.resolve(numbers)
    })
    const assigned: Batcher<number, string> = new Batcher(
      async (numbers) =>
        await numbers.map((number) => (number < 0 ? new NotFound() : String(number))),
    )
    expectTypeOf(names).toEqualTypeOf<Batcher<number, string>>()
    expectTypeOf(pairs).toEqualTypeOf<Batcher<number, number[]>>()
    expect(await names.process(1)).toBe('1')
    expect(await pairs.process(1)).toEqual([1])
    expect(await written.process(1)).toBeUndefined()
    expect(await assigned.process(1)).toBe('1')
  })

  it('pass through functions that are generic themselves', async () => {
    function wrap<Item, Result>(batchFunction: BatchFunction<Item, Result>): Batcher<Item, Result> {
      return new Batcher<Item, Result>(batchFunction)
    }
    const names = wrap((numbers: number[]) => numbers.map(String))
    expectTypeOf(names).toEqualTypeOf<Batcher<number, string>>()
    expect(await names.process(1)).toBe('1')
  })

  it('are those of a Processor, on which application code depends', async () => {
    const names: Processor<number, string> = new Batcher((numbers: number[]) => numbers.map(String))
    const promise = names.process(1, { signal: new AbortController().signal })
    expectTypeOf(promise).toEqualTypeOf<Promise<string>>()
    expect(await promise).toBe('1')
  })

  it('refuse results that are no list, wrong items, wrong options and writing what is read-only', () => {
    const squares = new Batcher((numbers: number[]) => numbers)
    const misuses = [
      // @ts-expect-error a text is no list of results
      () => new Batcher((numbers: number[]) => numbers.join('')),
      // @ts-expect-error an object is no list of results
      () => new Batcher((numbers: number[]) => ({ numbers })),
      // @ts-expect-error numbers are not the results that were announced
      () => new Batcher<number, string>((numbers) => numbers),
      // @ts-expect-error the items are numbers
      () => squares.process('3'),
      // @ts-expect-error there is no such option
      () => squares.process(3, { timeout: 5 }),
      // @ts-expect-error there is no such option
      () => new Batcher((numbers: number[]) => numbers, { maxBatchsize: 5 }),
      // @ts-expect-error there is no such word
      () => new Batcher((numbers: number[]) => numbers, { overflow: 'drop' }),
      // @ts-expect-error a count is no text
      () => new Batcher((numbers: number[]) => numbers, { maxBatchSize: '5' }),
      () => {
        // @ts-expect-error this is read-only
        squares.state = 'closed'
      },
      () => {
        // @ts-expect-error so are the statistics
        squares.stats().batches = 5
      },
    ]
    expect(misuses).toHaveLength(10)
  })
})
