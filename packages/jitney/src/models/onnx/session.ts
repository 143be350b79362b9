import type { TensorElement } from '../tensor.ts'

/** What is used of an `InferenceSession` of `onnxruntime-node`, `-web` or `-react-native`. */
export interface OnnxSession {
  /** What its inputs are called. */
  readonly inputNames: readonly string[]
  /** What its outputs are called. */
  readonly outputNames: readonly string[]
  /** What the model says of its inputs: without it, items are not checked beforehand. */
  readonly inputMetadata?: readonly OnnxMetadata[] | undefined
  /** What the model says of its outputs. */
  readonly outputMetadata?: readonly OnnxMetadata[] | undefined
  /** Runs the model on tensors by name, and gives those of `fetches`. */
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OnnxTensor>>>
}

/** What a model says of an input or output. A text is the name of a size that is not fixed. */
export interface OnnxMetadata {
  /** What the input or output is called. */
  readonly name: string
  /** Whether it is a tensor; nothing else can be batched. */
  readonly isTensor: boolean
  /** The type of its elements. */
  readonly type?: string | undefined
  /** The size of each dimension. */
  readonly shape?: readonly (number | string)[] | undefined
}

/** What is used of a `Tensor` of `onnxruntime`. */
export interface OnnxTensor {
  /** The type of its elements. */
  readonly type: string
  /** The size of each dimension. */
  readonly dims: readonly number[]
  /** The elements in row-major order. */
  readonly data: ArrayLike<TensorElement> & object
  /** Copies the elements to the processor's memory, if they are elsewhere. */
  getData?(): Promise<ArrayLike<TensorElement> & object>
  /** Frees the memory that they are in. */
  dispose?(): void
}

/** The class `Tensor` of the same package as the session. */
export type OnnxTensorConstructor = new (
  type: never,
  data: never,
  dims: readonly number[],
) => OnnxTensor
