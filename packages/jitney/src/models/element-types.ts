import type { TensorArray, TensorData, TensorElement, TensorType } from './tensor.ts'

const arrays = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  string: Array,
}

/** The type of what an array class holds, unless another is declared. */
const typesOfArrays: Readonly<Record<string, TensorType>> = {
  Int8Array: 'int8',
  Int16Array: 'int16',
  Int32Array: 'int32',
  BigInt64Array: 'int64',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Uint16Array: 'uint16',
  Uint32Array: 'uint32',
  BigUint64Array: 'uint64',
  Float16Array: 'float16',
  Float32Array: 'float32',
  Float64Array: 'float64',
}

/** A type that JavaScript has no array for is held by the one of its bits. */
const heldBy: Readonly<Partial<Record<TensorType, TensorType>>> = {
  bool: 'uint8',
  float16: 'uint16',
}

export const tensorTypes: readonly TensorType[] = Object.keys(arrays) as TensorType[]

export function isTensorType(value: unknown): value is TensorType {
  return tensorTypes.includes(value as TensorType)
}

/** Elements that are 0, `false` or empty. */
export function emptyData(type: TensorType, length: number): TensorData {
  return type === 'string' ? new Array<string>(length).fill('') : new arrays[type](length)
}

/** The type of a typed array; `undefined` for anything else. By its tag: it may be of another realm. */
export function typeOfArray(value: unknown): TensorType | undefined {
  if (!ArrayBuffer.isView(value)) return undefined
  return typesOfArrays[(value as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]]
}

/** Whether a typed array can hold elements of a type. */
export function canHold(array: TensorType, type: TensorType): boolean {
  return array === type || heldBy[type] === array
}

/** The type that elements have where none is declared. */
export function typeOfElement(element: unknown): TensorType | undefined {
  if (typeof element === 'number') return 'float32'
  if (typeof element === 'bigint') return 'int64'
  if (typeof element === 'boolean') return 'bool'
  return typeof element === 'string' ? 'string' : undefined
}

/** The array that the declarations name, over the same memory. */
export function plainArray(array: TensorArray, type: TensorType): TensorData {
  const Plain = arrays[type] as Uint8ArrayConstructor
  if (array instanceof Plain) return array
  const { buffer, byteOffset, length } = array
  return new Plain(buffer as ArrayBuffer, byteOffset, length)
}

/** Writes one element, if the type has it: nothing wraps around or loses its fraction. */
export function writeElement(
  data: TensorData,
  type: TensorType,
  index: number,
  value: unknown,
): boolean {
  const elements = data as { [index: number]: unknown }
  switch (type) {
    case 'string':
      elements[index] = value
      return typeof value === 'string'
    case 'bool':
      if (typeof value !== 'boolean' && value !== 0 && value !== 1) return false
      elements[index] = Number(value)
      return true
    case 'int64':
    case 'uint64':
      if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return false
      elements[index] = BigInt(value as number)
      return elements[index] === BigInt(value as number)
    case 'float16':
      return false
    default:
      // Read back: the array has cut what it cannot hold.
      if (typeof value !== 'number') return false
      elements[index] = value
      return type === 'float32' || type === 'float64' || elements[index] === value
  }
}

/** One, in a type that has it. */
export function oneOf(type: Exclude<TensorType, 'string'>): TensorElement {
  if (type === 'float16') return 0x3c00
  return type === 'int64' || type === 'uint64' ? 1n : 1
}
