import fc from 'fast-check'

import type { Tensor, TensorData, TensorType } from '../../src/models/index.ts'

export const shapeOfTensor = (rank: number, most = 4): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: most }), { minLength: rank, maxLength: rank })

type ArrayOf = (options: { minLength: number; maxLength: number }) => fc.Arbitrary<TensorData>

/** Arrays of every type, with any bits whatever, NaN and -0 among them. */
const arrays: { readonly [Type in TensorType]: ArrayOf } = {
  bool: (length) => fc.uint8Array({ ...length, max: 1 }),
  int8: (length) => fc.int8Array(length),
  int16: (length) => fc.int16Array(length),
  int32: (length) => fc.int32Array(length),
  int64: (length) => fc.bigInt64Array(length),
  uint8: (length) => fc.uint8Array(length),
  uint16: (length) => fc.uint16Array(length),
  uint32: (length) => fc.uint32Array(length),
  uint64: (length) => fc.bigUint64Array(length),
  float16: (length) => fc.uint16Array(length),
  float32: (length) => fc.float32Array(length),
  float64: (length) => fc.float64Array(length),
  string: (length) => fc.array(fc.string(), length),
}

export const allTypes = Object.keys(arrays) as TensorType[]

export function tensorOf(type: TensorType, shape: readonly number[]): fc.Arbitrary<Tensor> {
  const length = shape.reduce((size, one) => size * one, 1)
  return arrays[type]({ minLength: length, maxLength: length }).map((data) => ({
    type,
    shape,
    data,
  }))
}

/** Some tensors of one type and rank, of one shape or of one each. */
export function tensorsOf(type: TensorType, shapes: 'same' | 'ragged'): fc.Arbitrary<Tensor[]> {
  return fc.nat({ max: 3 }).chain((rank) =>
    shapes === 'same'
      ? shapeOfTensor(rank).chain((shape) =>
          fc.array(tensorOf(type, shape), { minLength: 1, maxLength: 6 }),
        )
      : fc.array(
          shapeOfTensor(rank).chain((shape) => tensorOf(type, shape)),
          { minLength: 1, maxLength: 6 },
        ),
  )
}
