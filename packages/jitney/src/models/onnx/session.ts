import type { TensorElement } from '../tensor.ts'

/** What is used of an `InferenceSession` of `onnxruntime-node`, `-web` or `-react-native`. */
export interface OnnxSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** What the model says of its inputs: without it, items are not checked beforehand. */
  readonly inputMetadata?: readonly OnnxMetadata[] | undefined
  readonly outputMetadata?: readonly OnnxMetadata[] | undefined
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OnnxTensor>>>
}

/** What a model says of an input or output. A text is the name of a size that is not fixed. */
export interface OnnxMetadata {
  readonly name: string
  readonly isTensor: boolean
  readonly type?: string | undefined
  readonly shape?: readonly (number | string)[] | undefined
}

/** What is used of a `Tensor` of `onnxruntime`. */
export interface OnnxTensor {
  readonly type: string
  readonly dims: readonly number[]
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
