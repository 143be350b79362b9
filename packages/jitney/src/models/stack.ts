import { describe } from '../platform/describe.ts'
import { refusal } from '../platform/errors.ts'
import { copyBlock } from './copy-block.ts'
import { emptyData, writeElement } from './element-types.ts'
import {
  describeTensor,
  isSameShape,
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
  return concatTensors(
    tensors.map(({ type, shape, data }) => ({ type, shape: [1, ...shape], data })),
    options,
  )
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
export function concatTensors(tensors: readonly Tensor[], options: StackOptions = {}): Tensor {
  const [first] = tensors
  if (first === undefined) {
    throw refusal('stack tensors', 'tensors', 'a list of at least one', tensors)
  }
  const isRagged = options.padding !== undefined
  const shape = options.shape ?? largest(first, isRagged ? tensors : [])
  for (const [index, tensor] of tensors.entries()) {
    const inner = tensor.shape.slice(1)
    const fits = isRagged
      ? inner.length === shape.length && inner.every((size, axis) => size <= shape[axis]!)
      : isSameShape(inner, shape)
    if (tensor.type !== first.type || tensor.shape.length === 0 || !fits) {
      const expected = describeTensor({ type: first.type, shape: [null, ...shape] })
      throw refuseInput(`tensors[${index}]`)(expected, describeTensor(tensor))
    }
  }
  const rowSize = sizeOf(shape)
  const rows = tensors.reduce((sum, tensor) => sum + tensor.shape[0]!, 0)
  const whole = [rows, ...shape]
  const data = filledData(first.type, rows * rowSize, options.padding)
  let start = 0
  for (const tensor of tensors) {
    copyBlock(
      tensor.shape,
      { data: tensor.data, shape: tensor.shape, start: 0 },
      { data, shape: whole, start },
    )
    start += tensor.shape[0]! * rowSize
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
  const rows = rowsOf(tensor)
  const { count = rows, shapeOf } = options
  checkRows(tensor, [count])
  const row = tensor.shape.slice(1)
  return Array.from({ length: count }, (_, n) => {
    const shape = shapeOf?.(n) ?? row
    return { type: tensor.type, shape, data: rowsFrom(tensor, n, 1, shape).data }
  })
}

/**
 * Takes a batch apart into copies of so many rows each; rows that are left over are left out.
 *
 * @throws RangeError if there are fewer rows.
 */
export function splitTensor(tensor: Tensor, sizes: readonly number[]): Tensor[] {
  checkRows(tensor, sizes)
  const row = tensor.shape.slice(1)
  let first = 0
  return sizes.map((size) => {
    first += size
    return rowsFrom(tensor, first - size, size, row)
  })
}

function checkRows(tensor: Tensor, sizes: readonly number[]): void {
  const rows = rowsOf(tensor)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total <= rows && sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) return
  const allowed = `integers of together at most ${rows}`
  throw refusal('split tensor', 'sizes', allowed, sizes.join(', '), 'JITNEY_OUT_OF_RANGE')
}

function rowsFrom(tensor: Tensor, first: number, rows: number, row: readonly number[]): Tensor {
  const { type, shape, data } = tensor
  const rowSize = sizeOf(shape) / shape[0]! || 0
  const extent = [rows, ...row]
  const start = first * rowSize
  if (isSameShape(row, shape.slice(1))) {
    return { type, shape: extent, data: data.slice(start, start + rows * rowSize) }
  }
  const copy = emptyData(type, sizeOf(extent))
  copyBlock(extent, { data, shape, start }, { data: copy, shape: extent, start: 0 })
  return { type, shape: extent, data: copy }
}

function rowsOf({ type, shape }: Tensor): number {
  const [rows] = shape
  if (rows !== undefined) return rows
  throw refuseInput('tensor')('of at least one dimension', describeTensor({ type, shape }))
}

/** The other dimensions, each as large as in the largest. */
function largest(first: Tensor, tensors: readonly Tensor[]): readonly number[] {
  return first.shape
    .slice(1)
    .map((size, axis) =>
      tensors.reduce((most, { shape }) => Math.max(most, shape[axis + 1] ?? 0), size),
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
