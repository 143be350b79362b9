import { describe } from '../platform/describe.ts'
import { refusal } from '../platform/errors.ts'
import { type Block, copyBlock, isOnePiece } from './copy-block.ts'
import { emptyData, writeElement } from './element-types.ts'
import {
  describeTensor,
  sizeOf,
  type Tensor,
  type TensorData,
  type TensorElement,
  type TensorType,
} from './tensor.ts'
import { refuseInput } from './tensor-error.ts'

/** How tensors of different shapes become one. */
export interface StackOptions {
  /**
   * What fills smaller tensors up, at the end of each dimension; for `float16` its bits. Without
   * it, all must have one shape.
   * @default none
   */
  readonly padding?: TensorElement | undefined
  /**
   * The shape to fill them up to, the batch dimension left out.
   * @default the largest size of each dimension
   */
  readonly shape?: readonly number[] | undefined
}

/** What is taken out of a batch. */
export interface UnstackOptions {
  /**
   * How many rows, from the first on.
   * @default all
   */
  readonly count?: number | undefined
  /**
   * The shape of the n-th result, where that is smaller than its row: the rest is padding.
   * @default the row's
   */
  readonly shapeOf?: ((n: number) => readonly number[]) | undefined
}

/**
 * Lays tensors of one type over each other, along a new first dimension.
 *
 * @throws TensorError for tensors that differ in type or, without `padding`, in shape.
 *
 * @example
 * ```ts
 * import { readTensor, stackTensors } from 'jitney/tensor'
 *
 * const tensors = [[1, 2, 3], [4]].map((numbers) => readTensor(numbers, { type: 'int8' }))
 * stackTensors(tensors, { padding: 0 }) // => { type: 'int8', shape: [2, 3], data: new Int8Array([1, 2, 3, 4, 0, 0]) }
 * ```
 */
export function stackTensors(tensors: readonly Tensor[], options?: StackOptions): Tensor {
  return laid(tensors, 0, options)
}

/**
 * Lays tensors that have a batch dimension, their first, behind each other along it.
 *
 * @throws TensorError for tensors that differ in type or, without `padding`, in their other
 * dimensions.
 *
 * @example
 * ```ts
 * import { concatTensors, readTensor, splitTensor } from 'jitney/tensor'
 *
 * const requests = [[[1, 2]], [[3, 4], [5, 6]]].map((rows) => readTensor(rows, { type: 'int32' }))
 * const batch = concatTensors(requests)
 * batch.shape // => [3, 2]
 * splitTensor(batch, [1, 2]).map(({ shape }) => shape) // => [[1, 2], [2, 2]]
 * ```
 */
export function concatTensors(tensors: readonly Tensor[], options?: StackOptions): Tensor {
  return laid(tensors, 1, options)
}

/** @param own how many dimensions of each tensor are the batch's: none, or the first. */
function laid(tensors: readonly Tensor[], own: 0 | 1, options: StackOptions = {}): Tensor {
  const [first] = tensors
  if (first === undefined) {
    throw refusal('stack tensors', 'tensors', 'a list of at least one', tensors)
  }
  const isRagged = options.padding !== undefined
  const row = options.shape ?? largest(isRagged ? tensors : [first], own)
  let rows = 0
  for (const [index, { type, shape }] of tensors.entries()) {
    const fits =
      shape.length === row.length + own &&
      row.every((size, axis) =>
        isRagged ? shape[axis + own]! <= size : shape[axis + own] === size,
      )
    if (type !== first.type || !fits) {
      const expected = describeTensor({ type: first.type, shape: own === 0 ? row : [null, ...row] })
      throw refuseInput(`tensors[${index}]`)(expected, describeTensor({ type, shape }))
    }
    rows += own === 0 ? 1 : shape[0]!
  }
  const whole = [rows, ...row]
  const rowSize = sizeOf(row)
  const data = filledData(first.type, rows * rowSize, options.padding)
  const target = own === 0 ? row : whole
  let start = 0
  for (const tensor of tensors) {
    const { shape } = tensor
    copyBlock(shape, { data: tensor.data, shape, start: 0 }, { data, shape: target, start })
    start += rowSize * (own === 0 ? 1 : shape[0]!)
  }
  return { type: first.type, shape: whole, data }
}

/**
 * Takes a batch apart along its first dimension: a copy of each row, without that dimension, so
 * that no result keeps the whole batch alive.
 *
 * @throws RangeError if there are fewer rows than `count`.
 *
 * @example
 * ```ts
 * import { readTensor, unstackTensor } from 'jitney/tensor'
 *
 * const batch = readTensor([[1, 2, 3], [4, 0, 0]], { type: 'int8' })
 * unstackTensor(batch)[0] // => { type: 'int8', shape: [3], data: new Int8Array([1, 2, 3]) }
 * const results = unstackTensor(batch, { shapeOf: (n) => (n === 1 ? [1] : [3]) })
 * results[1]?.data // => new Int8Array([4])
 * ```
 */
export function unstackTensor(tensor: Tensor, options: UnstackOptions = {}): Tensor[] {
  const { count = rowsOf(tensor), shapeOf } = options
  checkRows(tensor, [count])
  const { type, data } = tensor
  const shape = tensor.shape.slice(1)
  const size = sizeOf(shape)
  return Array.from({ length: count }, (_, n) =>
    cut(type, { data, shape, start: n * size }, [...(shapeOf?.(n) ?? shape)]),
  )
}

/**
 * Takes a batch apart into copies of so many rows each; rows that are left over are left out.
 *
 * @throws RangeError if there are fewer rows.
 */
export function splitTensor(tensor: Tensor, sizes: readonly number[]): Tensor[] {
  checkRows(tensor, sizes)
  const { type, data, shape } = tensor
  const [, ...row] = shape
  let start = 0
  return sizes.map((rows) => {
    const extent = [rows, ...row]
    start += sizeOf(extent)
    return cut(type, { data, shape, start: start - sizeOf(extent) }, extent)
  })
}

/** A copy of the first `extent` of each dimension. */
function cut(type: TensorType, from: Block, extent: readonly number[]): Tensor {
  const size = sizeOf(extent)
  if (isOnePiece(extent, from.shape)) {
    return { type, shape: extent, data: from.data.slice(from.start, from.start + size) }
  }
  const data = emptyData(type, size)
  copyBlock(extent, from, { data, shape: extent, start: 0 })
  return { type, shape: extent, data }
}

function checkRows(tensor: Tensor, sizes: readonly number[]): void {
  const rows = rowsOf(tensor)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total <= rows && sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) return
  const allowed = `integers of together at most ${rows}`
  throw refusal('split tensor', 'sizes', allowed, sizes.join(', '), 'JITNEY_OUT_OF_RANGE')
}

function rowsOf({ type, shape }: Tensor): number {
  const [rows] = shape
  if (rows !== undefined) return rows
  throw refuseInput('tensor')('of at least one dimension', describeTensor({ type, shape }))
}

/** The shape of a row, each dimension as large as in the largest. */
function largest(tensors: readonly Tensor[], own: 0 | 1): readonly number[] {
  return tensors[0]!.shape
    .slice(own)
    .map((_, axis) =>
      tensors.reduce((most, { shape }) => Math.max(most, shape[axis + own] ?? 0), 0),
    )
}

function filledData(type: TensorType, length: number, padding: unknown): TensorData {
  const data = emptyData(type, length)
  if (padding === undefined) return data
  return (data as unknown[]).fill(paddingOf(type, padding)) as TensorData
}

/** The value as the type has it. */
function paddingOf(type: TensorType, padding: unknown): unknown {
  const value = emptyData(type, 1)
  if (writeElement(value, type === 'float16' ? 'uint16' : type, 0, padding)) return value[0]
  throw refuseInput('padding')(`an element of ${type}`, describe(padding))
}
