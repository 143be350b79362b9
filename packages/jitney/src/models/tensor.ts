/** What holds the elements of a tensor, by its type. */
export interface TensorDataTypes {
  /** 0 or 1. */
  bool: Uint8Array
  /** -128 to 127. */
  int8: Int8Array
  /** -32,768 to 32,767. */
  int16: Int16Array
  /** -2,147,483,648 to 2,147,483,647. */
  int32: Int32Array
  /** Bigints, as numbers are not exact there. */
  int64: BigInt64Array
  /** 0 to 255. */
  uint8: Uint8Array
  /** 0 to 65,535. */
  uint16: Uint16Array
  /** 0 to 4,294,967,295. */
  uint32: Uint32Array
  /** Bigints, as numbers are not exact there. */
  uint64: BigUint64Array
  /** The bits of each number; not every runtime has `Float16Array`. */
  float16: Uint16Array
  /** Numbers of single precision. */
  float32: Float32Array
  /** Numbers as JavaScript has them. */
  float64: Float64Array
  /** Texts, in a plain array. */
  string: string[]
}

/** The types of elements, by the names that ONNX Runtime has for them. */
export type TensorType = keyof TensorDataTypes

/** What holds the elements of any tensor. */
export type TensorData = TensorDataTypes[TensorType]

/** Elements of one type in row-major order. */
export interface Tensor<Type extends TensorType = TensorType> {
  /** The type of the elements. */
  readonly type: Type
  /** The size of each dimension; none for a single element. */
  readonly shape: readonly number[]
  /** The elements, the last dimension fastest. */
  readonly data: TensorDataTypes[Type]
}

/** One element as JavaScript has it. */
export type TensorElement = number | bigint | boolean | string

/** Arrays in arrays: all of one depth have one length. */
export type NestedElements = TensorElement | readonly NestedElements[]

/** A `Float32Array` or any other but `DataView`. */
export type TensorArray = ArrayBufferView & ArrayLike<number | bigint>

/** An object with elements and their shape: a `Tensor` of this package or of `onnxruntime`. */
export type ShapedElements = {
  readonly type?: string | undefined
  readonly data: ArrayLike<TensorElement> & object
} & ({ readonly shape: readonly number[] } | { readonly dims: readonly number[] })

/**
 * All that a tensor is read from: an element, arrays in arrays, a typed array (of one dimension, or
 * of the shape that is declared), or an object with `data` and its `shape` or `dims`.
 */
export type TensorLike = NestedElements | TensorArray | ShapedElements

/**
 * What is known of a tensor beforehand.
 *
 * In `shape`, a number is a fixed size, `null` any; a text is any as well, the same for all
 * dimensions of that name.
 */
export interface TensorSpec {
  /**
   * The type of the elements.
   * @default any
   */
  readonly type?: TensorType | undefined
  /**
   * The size of each dimension.
   * @default any
   */
  readonly shape?: readonly (number | string | null)[] | undefined
}

/** How many elements a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (const length of shape) size *= length
  return size
}

/** As messages name a tensor, or what is expected of one. */
export function describeTensor({ type, shape }: TensorSpec): string {
  const sizes = shape?.map((size) => (typeof size === 'number' ? size : size || '?'))
  const ofShape = sizes === undefined ? '' : `of shape [${sizes.join(', ')}]`
  return [type, ofShape].filter(Boolean).join(' ') || 'a tensor'
}
