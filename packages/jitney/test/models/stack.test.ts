import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  concatTensors,
  readTensor,
  splitTensor,
  stackTensors,
  type Tensor,
  type TensorElement,
  TensorError,
  unstackTensor,
} from '../../src/models/index.ts'
import { allTypes, shapeOfTensor, tensorOf, tensorsOf } from './tensors.ts'

/** The index in each dimension of an element. */
function indexesOf(at: number, shape: readonly number[]): number[] {
  const indexes: number[] = []
  let rest = at
  for (const size of shape.toReversed()) {
    indexes.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return indexes
}

function elementAt({ shape, data }: Tensor, indexes: readonly number[]): TensorElement | undefined {
  let at = 0
  for (const [axis, size] of shape.entries()) {
    const index = indexes[axis]!
    if (index >= size) return undefined
    at = at * size + index
  }
  return data[at]
}

describe.each(allTypes)('tensors of %s', (type) => {
  it('come back from a stack as they were', () => {
    fc.assert(
      fc.property(tensorsOf(type, 'same'), (tensors) => {
        const batch = stackTensors(tensors)
        expect(batch.type).toBe(type)
        expect(batch.shape).toEqual([tensors.length, ...tensors[0]!.shape])
        expect(unstackTensor(batch)).toEqual(tensors)
      }),
    )
  })

  it('come back from a padded stack as they were, whatever their shapes', () => {
    fc.assert(
      fc.property(tensorsOf(type, 'ragged'), (tensors) => {
        const batch = stackTensors(tensors, { padding: type === 'string' ? 'none' : 1 })
        const shapeOf = (n: number): readonly number[] => tensors[n]!.shape
        expect(unstackTensor(batch, { shapeOf })).toEqual(tensors)
      }),
    )
  })

  it('lie in a padded stack where their indexes say, with the padding around them', () => {
    const padding = type === 'string' ? 'none' : 1
    fc.assert(
      fc.property(tensorsOf(type, 'ragged'), (tensors) => {
        const { shape, data } = stackTensors(tensors, { padding })
        for (const [at, element] of data.entries()) {
          const [n, ...indexes] = indexesOf(at, shape)
          const expected = elementAt(tensors[n!]!, indexes) ?? padding
          expect(String(element)).toBe(String(expected))
        }
      }),
    )
  })

  it('are filled up with the padding and nothing else', () => {
    const one = type === 'string' ? 'none' : 1
    fc.assert(
      fc.property(tensorsOf(type, 'ragged'), (tensors) => {
        const batch = stackTensors(tensors, { padding: one })
        const sizes = tensors.map(({ data }) => data.length)
        const own = tensors.flatMap(({ data }) => [...data].map(String))
        const all = [...batch.data].map(String)
        const rest = all.length - sizes.reduce((sum, size) => sum + size, 0)
        const expected: string[] = [...own, ...new Array<string>(rest).fill(String(one))]
        expect(all.toSorted()).toEqual(expected.toSorted())
      }),
    )
  })

  it('come back from a concatenation as they were', () => {
    const requests = fc
      .nat({ max: 2 })
      .chain((rank) => shapeOfTensor(rank, 3))
      .chain((row) =>
        fc.array(
          fc.nat({ max: 3 }).chain((rows) => tensorOf(type, [rows, ...row])),
          { minLength: 1, maxLength: 5 },
        ),
      )
    fc.assert(
      fc.property(requests, (tensors) => {
        const rows = tensors.map(({ shape }) => shape[0]!)
        expect(splitTensor(concatTensors(tensors), rows)).toEqual(tensors)
      }),
    )
  })
})

describe('stackTensors()', () => {
  const tensor = (value: Parameters<typeof readTensor>[0]): Tensor => readTensor(value)

  it('puts the padding at the end of each dimension', () => {
    const batch = stackTensors(
      [
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor([[5]]),
      ],
      { padding: -1 },
    )
    expect(batch).toEqual({
      type: 'float32',
      shape: [2, 2, 2],
      data: Float32Array.of(1, 2, 3, 4, 5, -1, -1, -1),
    })
  })

  it('fills up to a shape that is given, and copies long runs right', () => {
    const long = Float32Array.from({ length: 100 }, (_, n) => n)
    const batch = stackTensors([tensor(long)], { padding: 7, shape: [103] })
    expect(batch.data.slice(98)).toEqual(Float32Array.of(98, 99, 7, 7, 7))
  })

  it('refuses no tensors, another type, another rank, another shape and one that is too large', () => {
    const first = tensor([1, 2])
    expect(() => stackTensors([])).toThrow(/'tensors' must be a list of at least one/)
    expect(() => stackTensors([first, readTensor([1, 2], { type: 'int8' })])).toThrow(
      /'tensors\[1\]' must be float32 of shape \[2\], received int8 of shape \[2\]/,
    )
    expect(() => stackTensors([first, tensor([[1, 2]])], { padding: 0 })).toThrow(TensorError)
    expect(() => stackTensors([tensor(1), first], { padding: 0 })).toThrow(TensorError)
    expect(() => stackTensors([first, tensor([1])])).toThrow(TensorError)
    expect(() => stackTensors([first], { padding: 0, shape: [1] })).toThrow(TensorError)
  })

  it('refuses padding that the type does not have', () => {
    const bytes = [readTensor([1], { type: 'uint8' }), readTensor([1, 2], { type: 'uint8' })]
    expect(() => stackTensors(bytes, { padding: 256 })).toThrow(/'padding' must be an element of/)
    expect(() => stackTensors(bytes, { padding: '0' })).toThrow(TensorError)
    expect([...stackTensors(bytes, { padding: 255 }).data]).toEqual([1, 255, 1, 2])
  })
})

describe('unstackTensor() and splitTensor()', () => {
  const batch = readTensor(
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    { type: 'int16' },
  )

  it('give copies, so that none keeps the batch or changes another', () => {
    const rows = unstackTensor(batch)
    for (const { data } of [...rows, ...splitTensor(batch, [1, 2])]) {
      expect((data as Int16Array).buffer).not.toBe((batch.data as Int16Array).buffer)
      expect((data as Int16Array).buffer.byteLength).toBe((data as Int16Array).byteLength)
    }
    rows[0]!.data[0] = 9
    expect([...batch.data]).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('give as many rows as were asked for', () => {
    expect(unstackTensor(batch, { count: 2 }).map(({ data }) => [...data])).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(splitTensor(batch, [0, 2]).map(({ shape }) => shape)).toEqual([
      [0, 2],
      [2, 2],
    ])
  })

  it('refuse more rows than there are, and a tensor without rows', () => {
    expect(() => unstackTensor(batch, { count: 4 })).toThrow(RangeError)
    expect(() => splitTensor(batch, [2, 2])).toThrow(
      /integers of together at most 3, received "2, 2"/,
    )
    expect(() => splitTensor(batch, [-1, 2])).toThrow(RangeError)
    expect(() => unstackTensor(readTensor(1))).toThrow(TensorError)
  })
})
