import fc from 'fast-check'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'

import {
  kserveDatatypes,
  type NestedElements,
  readTensor,
  TensorError,
  type TensorLike,
  type TensorType,
  typeOfDatatype,
} from '../../src/models/index.ts'
import { allTypes, shapeOfTensor, tensorOf } from './tensors.ts'

/** Arrays in arrays, as JavaScript has the elements. */
function nested(data: ArrayLike<unknown>, shape: readonly number[]): unknown {
  const [length, ...rest] = shape
  if (length === undefined) return data[0]
  const size = rest.reduce((product, one) => product * one, 1)
  return Array.from({ length }, (_, n) =>
    nested(Array.prototype.slice.call(data, n * size, (n + 1) * size), rest),
  )
}

function circle(): TensorLike {
  const array: NestedElements[] = []
  array.push(array)
  return array
}

describe('readTensor()', () => {
  it.each(allTypes)('takes a tensor of %s as it is', (type) => {
    fc.assert(
      fc.property(
        shapeOfTensor(2).chain((shape) => tensorOf(type, shape)),
        (tensor) => {
          expect(readTensor(tensor)).toEqual(tensor)
          const { data, shape } = tensor
          expect(readTensor({ type, data, dims: shape }, { type, shape })).toEqual(tensor)
        },
      ),
    )
  })

  it.each(allTypes.filter((type) => type !== 'float16'))('takes arrays in arrays of %s', (type) => {
    fc.assert(
      fc.property(
        shapeOfTensor(2).chain((shape) => tensorOf(type, [shape[0]! + 1, shape[1]! + 1])),
        (tensor) => {
          const value = nested(tensor.data, tensor.shape) as TensorLike
          expect(readTensor(value, { type })).toEqual(tensor)
        },
      ),
    )
  })

  it('does not copy a typed array', () => {
    const data = Float64Array.of(1, 2)
    expect(readTensor(data).data).toBe(data)
  })

  it.each<[TensorLike, TensorType, readonly number[]]>([
    [1, 'float32', []],
    [1n, 'int64', []],
    [true, 'bool', []],
    ['a', 'string', []],
    [[[1n], [2n]], 'int64', [2, 1]],
    [[], 'float32', [0]],
    [new Uint8ClampedArray(3), 'uint8', [3]],
    [Buffer.from('abc'), 'uint8', [3]],
    [{ data: [1, 2, 3, 4], shape: [2, 2] }, 'float32', [2, 2]],
    [{ data: ['a'], shape: [] }, 'string', []],
  ])('gives %o a type and a shape', (value, type, shape) => {
    const tensor = readTensor(value)
    expect([tensor.type, tensor.shape]).toEqual([type, shape])
    expect(tensor.data).toHaveLength(shape.reduce((size, one) => size * one, 1))
  })

  it('knows a typed array of another realm', () => {
    const array = runInNewContext('Float32Array.of(1, 2)') as Float32Array
    expect(readTensor(array)).toEqual({ type: 'float32', shape: [2], data: Float32Array.of(1, 2) })
  })

  it('takes what holds bits as the declared type', () => {
    const bits = Uint16Array.of(0x3c00)
    expect(readTensor(bits).type).toBe('uint16')
    expect(readTensor(bits, { type: 'float16' })).toEqual({
      type: 'float16',
      shape: [1],
      data: bits,
    })
    expect(readTensor(Uint8Array.of(1), { type: 'bool' }).type).toBe('bool')
    expect(readTensor({ type: 'float16', shape: [1], data: bits }).type).toBe('float16')
  })

  it('takes the bits of a Float16Array, where there is one', () => {
    const half = Object.defineProperty(Uint16Array.of(0x3c00, 0x4000), Symbol.toStringTag, {
      value: 'Float16Array',
    })
    const { type, data } = readTensor(half)
    expect([type, data]).toEqual(['float16', half])
  })

  it.each<[number, readonly (number | string | null)[], readonly number[]]>([
    [6, [2, 3], [2, 3]],
    [6, ['rows', 3], [2, 3]],
    [6, [3, null], [3, 2]],
    [6, [null], [6]],
    [1, [], []],
  ])('gives a flat array of %i the declared shape %j', (length, shape, expected) => {
    expect(readTensor(new Float32Array(length), { shape }).shape).toEqual(expected)
  })

  it.each<[string, TensorLike, Parameters<typeof readTensor>[1], RegExp]>([
    [
      'another type',
      Float64Array.of(1),
      { type: 'float32' },
      /be float32, received float64 of shape \[1\]/,
    ],
    [
      'another length',
      new Float32Array(5),
      { shape: [2, 3] },
      /of shape \[2, 3\], received float32 of shape \[5\]/,
    ],
    [
      'a length that does not divide',
      new Float32Array(5),
      { shape: [null, 3] },
      /\[\?, 3\], received .*\[5\]/,
    ],
    [
      'a size beside none',
      new Float32Array(3),
      { shape: [0, null] },
      /of shape \[0, \?\], received/,
    ],
    [
      'two sizes to be found',
      new Float32Array(4),
      { shape: [null, null] },
      /\[\?, \?\], received .*\[4\]/,
    ],
    ['another rank', [[1]], { shape: ['n'] }, /of shape \[n\], received float32 of shape \[1, 1\]/],
    ['a fraction', [1.5], { type: 'int32' }, /elements of int32, received 1\.5/],
    ['a number out of range', [300], { type: 'uint8' }, /elements of uint8, received 300/],
    ['a negative number', [-1n], { type: 'uint64' }, /elements of uint64, received -1n/],
    ['an integer that is not exact', [2 ** 60], { type: 'int64' }, /elements of int64/],
    ['a bigint too large', [2n ** 63n], { type: 'int64' }, /elements of int64/],
    ['a bigint for a float', [1n], { type: 'float32' }, /elements of float32, received 1n/],
    ['NaN for an integer', [NaN], { type: 'int8' }, /elements of int8, received NaN/],
    ['a number for a text', [1], { type: 'string' }, /elements of string, received 1/],
    ['a text for a number', ['1'], { type: 'float32' }, /elements of float32, received "1"/],
    ['a number for a boolean', [2], { type: 'bool' }, /elements of bool, received 2/],
    ['numbers for halves', [1], { type: 'float16' }, /float16: its bits in a Uint16Array/],
    ['mixed elements', [1, 'a'], {}, /elements of float32, received "a"/],
    ['ragged arrays', [[1, 2], [3]], {}, /arrays of 2 at depth 2, received Array of 1/],
    ['an array beside a number', [1, [2]] as never, {}, /elements of float32, received Array of 1/],
    [
      'a shape of another size',
      { data: [1, 2], shape: [3] },
      {},
      /3 elements, as its shape \[3\] says/,
    ],
    [
      'a shape that is none',
      { data: [1], shape: [-1] },
      {},
      /elements, or data with a shape, received Object/,
    ],
    ['no shape', { data: [1] } as never, {}, /elements, or data with a shape/],
    [
      'data that is none',
      { data: 'abc', shape: [3] } as never,
      {},
      /elements, or data with a shape/,
    ],
    [
      'an unknown type',
      { data: [1], shape: [1], type: 'bfloat16' },
      {},
      /among bool, int8, .*received "bfloat16"/,
    ],
    [
      'data of another type',
      { data: Int8Array.of(1), shape: [1], type: 'int16' },
      {},
      /int16, as its type says, received int8/,
    ],
    ['nothing', undefined as never, {}, /a tensor, received nothing/],
    ['an array that holds itself', circle(), {}, /of at most 32 dimensions, received more/],
    ['null', null as never, { type: 'int8', shape: [] }, /int8 of shape \[\], received nothing/],
    ['a view without elements', new DataView(new ArrayBuffer(1)) as never, {}, /received DataView/],
  ])('refuses %s', (_, value, spec, message) => {
    expect(() => readTensor(value, spec, 'x')).toThrow(TensorError)
    expect(() => readTensor(value, spec, 'x')).toThrow(message)
    expect(() => readTensor(value, spec, 'x')).toThrow(/^Cannot stack items: input 'x' must be /)
  })
})

describe('kserveDatatypes', () => {
  it('names every type, and each name leads back', () => {
    for (const type of allTypes) expect(typeOfDatatype(kserveDatatypes[type])).toBe(type)
    expect(typeOfDatatype('BF16')).toBeUndefined()
  })
})
