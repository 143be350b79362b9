import { readTensor, type Tensor, type TensorLike, typeOfDatatype } from 'jitney/tensor'
import { readBytes } from './binary-data.ts'

/** A tensor as messages of the Open Inference Protocol, version 2, carry it. */
interface Described {
  readonly name?: unknown
  readonly shape?: unknown
  readonly datatype?: unknown
  readonly data?: unknown
  readonly parameters?: unknown
}

/** The JSON of a message, and what comes after it. */
export interface Message {
  readonly json: unknown
  /** Binary data of its tensors, in their order. */
  readonly tail: Uint8Array
}

const mostDimensions = 32

/**
 * Reads a list of tensors, by name and in order. Throws an `Error` that says which is wrong, and why.
 */
export function readTensors(list: unknown, tail: Uint8Array): ReadonlyMap<string, Tensor> {
  if (!Array.isArray(list) || list.length === 0) throw new Error('expected at least one tensor')
  const tensors = new Map<string, Tensor>()
  let start = 0
  for (const each of list) {
    const { name, shape, datatype, data, parameters } = Object(each) as Described
    if (typeof name !== 'string' || name === '') throw new Error('a tensor has no name')
    if (tensors.has(name)) throw new Error(`'${name}' is there twice`)
    const type = typeof datatype === 'string' ? typeOfDatatype(datatype) : undefined
    if (type === undefined)
      throw new Error(`'${name}' has the datatype ${String(datatype)}, which is none that is known`)
    if (!isShape(shape)) throw new Error(`'${name}' must have a shape of at least one dimension`)
    const size = sizeIn(name, parameters)
    try {
      const elements =
        size === undefined ? flat(data, type) : readBytes(type, slice(tail, start, size))
      tensors.set(name, readTensor({ type, shape, data: elements } as TensorLike, {}, name))
    } catch (error) {
      throw new Error(`'${name}': ${(error as Error).message}`, { cause: error })
    }
    start += size ?? 0
  }
  if (start !== tail.length) throw new Error(`${tail.length - start} bytes belong to no tensor`)
  return tensors
}

/** How many rows all of them have: the batch dimension is the first. */
export function rowsOf(tensors: ReadonlyMap<string, Tensor>): number {
  const [first] = tensors.values()
  const rows = first!.shape[0]!
  for (const [name, { shape }] of tensors) {
    if (shape[0] !== rows) throw new Error(`'${name}' has ${shape[0]} rows, and others ${rows}`)
  }
  if (rows === 0) throw new Error('there are no rows')
  return rows
}

function isShape(shape: unknown): shape is number[] {
  return (
    Array.isArray(shape) &&
    shape.length > 0 &&
    shape.length <= mostDimensions &&
    shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  )
}

function sizeIn(name: string, parameters: unknown): number | undefined {
  const given = Object(parameters) as Record<string, unknown>
  if ('shared_memory_region' in given)
    throw new Error(`'${name}' is in shared memory, which is not taken`)
  const { binary_data_size: size } = given
  if (size === undefined) return undefined
  if (Number.isSafeInteger(size) && (size as number) >= 0) return size as number
  throw new Error(`'${name}' has a binary_data_size that is no size`)
}

function slice(tail: Uint8Array, start: number, size: number): Uint8Array {
  if (start + size <= tail.length) return tail.subarray(start, start + size)
  throw new Error(`its ${size} bytes are not all there`)
}

/** In row-major order, as one array or arrays in arrays. */
function flat(data: unknown, type: string): unknown[] {
  if (!Array.isArray(data)) throw new Error('it has no data')
  if (type === 'float16') throw new Error('FP16 must come as binary data')
  return data.some(Array.isArray) ? data.flat(mostDimensions) : data
}
