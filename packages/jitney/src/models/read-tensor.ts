import { describe } from '../platform/describe.ts'
import {
  canHold,
  emptyData,
  isTensorType,
  plainArray,
  tensorTypes,
  typeOfArray,
  typeOfElement,
  writeElement,
} from './element-types.ts'
import {
  describeTensor,
  sizeOf,
  type Tensor,
  type TensorArray,
  type TensorLike,
  type TensorSpec,
  type TensorType,
} from './tensor.ts'
import { type Refuse, refuseInput } from './tensor-error.ts'

const mostDimensions = 32

/**
 * Makes a tensor of what a user has: see `TensorLike`. Typed arrays are not copied.
 *
 * Elements of plain arrays become those of the declared type, without a declared one `float32`,
 * `int64` (`bigint`), `bool` or `string`; what the type does not have is refused, as 1.5 or 300
 * for `uint8` is. Typed arrays must be of the declared type: those of `float16` are `Uint16Array`
 * or `Float16Array`, those of `bool` are `Uint8Array`.
 *
 * @param name what errors call it.
 * @throws TensorError if it does not fit what is declared.
 *
 * @example
 * ```ts
 * import { readTensor } from 'jitney/tensor'
 *
 * readTensor([[1, 2], [3, 4]], { type: 'uint8' }) // => { type: 'uint8', shape: [2, 2], data: new Uint8Array([1, 2, 3, 4]) }
 * readTensor(new Float32Array(6), { shape: [3, null] }).shape // => [3, 2]
 * ```
 */
export function readTensor(value: TensorLike, spec: TensorSpec = {}, name = 'tensor'): Tensor {
  return checkedTensor(value, spec, refuseInput(name))
}

/**
 * The same for any value whatever.
 *
 * @param padded dimensions that may be smaller than declared.
 */
export function checkedTensor(
  value: unknown,
  spec: TensorSpec,
  refuse: Refuse,
  padded?: readonly number[],
): Tensor {
  const tensor = tensorOf(value, spec, refuse)
  if (!fits(tensor, spec, padded)) throw refuse(describeTensor(spec), describeTensor(tensor))
  return tensor
}

function fits(tensor: Tensor, { type, shape }: TensorSpec, padded?: readonly number[]): boolean {
  if (type !== undefined && type !== tensor.type) return false
  if (shape === undefined) return true
  if (shape.length !== tensor.shape.length) return false
  for (let axis = 0; axis < shape.length; axis += 1) {
    const size = shape[axis]
    const length = tensor.shape[axis]!
    if (typeof size !== 'number' || length === size) continue
    if (length > size || !padded?.includes(axis)) return false
  }
  return true
}

function tensorOf(value: unknown, spec: TensorSpec, refuse: Refuse): Tensor {
  const typed = typeOfArray(value)
  if (typed !== undefined) {
    const array = value as TensorArray
    const type = spec.type !== undefined && canHold(typed, spec.type) ? spec.type : typed
    return { type, shape: declaredShape(array.length, spec.shape), data: plainArray(array, typed) }
  }
  if (Array.isArray(value) || typeOfElement(value) !== undefined) {
    return nestedTensor(value, spec, refuse)
  }
  if (value === undefined || value === null) throw refuse(describeTensor(spec), 'nothing')
  return shapedTensor(value, spec, refuse)
}

/** What a flat array stands for: at most one size has to be found. */
function declaredShape(length: number, declared?: TensorSpec['shape']): readonly number[] {
  if (declared === undefined || declared.length === 1) return [length]
  const known = sizeOf(declared.filter((size) => typeof size === 'number'))
  const unknown = declared.filter((size) => typeof size !== 'number').length
  const found = unknown === 1 ? length / known : 1
  if (unknown > 1 || !Number.isInteger(found) || known * found !== length) return [length]
  return declared.map((size) => (typeof size === 'number' ? size : found))
}

function shapedTensor(value: object, spec: TensorSpec, refuse: Refuse): Tensor {
  const { type, shape, dims, data } = value as Record<string, unknown>
  const sizes = shape ?? dims
  const isShape = Array.isArray(sizes) && sizes.every((size) => Number.isInteger(size) && size >= 0)
  if (!isShape || !(typeOfArray(data) !== undefined || Array.isArray(data))) {
    throw refuse(`${describeTensor(spec)}: elements, or data with a shape`, describe(value))
  }
  if (type !== undefined && !isTensorType(type)) {
    throw refuse(`of a type among ${tensorTypes.join(', ')}`, describe(type))
  }
  const flat = { type: type ?? spec.type }
  const tensor = tensorOf(data, flat, refuse)
  const expected = sizeOf(sizes)
  if (tensor.shape.length !== 1 || tensor.data.length !== expected) {
    throw refuse(
      `${expected} elements, as its shape [${sizes.join(', ')}] says`,
      describeTensor(tensor),
    )
  }
  if (type !== undefined && type !== tensor.type) {
    throw refuse(`${type}, as its type says`, describeTensor({ type: tensor.type }))
  }
  return { ...tensor, shape: sizes }
}

function nestedTensor(value: unknown, spec: TensorSpec, refuse: Refuse): Tensor {
  const shape: number[] = []
  let first = value
  for (; Array.isArray(first); first = first[0]) {
    // One that holds itself has no end.
    if (shape.length === mostDimensions) {
      throw refuse(`of at most ${mostDimensions} dimensions`, 'more')
    }
    shape.push(first.length)
  }
  const type: TensorType = spec.type ?? typeOfElement(first) ?? 'float32'
  const data = emptyData(type, sizeOf(shape))
  let index = 0
  const fill = (elements: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (!writeElement(data, type, index, elements))
        throw refuse(elementsOf(type), describe(elements))
      index += 1
    } else if (Array.isArray(elements) && elements.length === shape[axis]) {
      for (const each of elements) fill(each, axis + 1)
    } else {
      throw refuse(`arrays of ${shape[axis]} at depth ${axis + 1}`, describe(elements))
    }
  }
  fill(value, 0)
  return { type, shape, data }
}

function elementsOf(type: TensorType): string {
  return type === 'float16'
    ? 'float16: its bits in a Uint16Array, or a Float16Array'
    : `elements of ${type}`
}
