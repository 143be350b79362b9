/** Tensors made of items and cut up again, for models of any runtime. */
export { kserveDatatypes, typeOfDatatype } from './kserve-datatype.ts'
export type { NamedTensors } from './model-inputs.ts'
export type { Padding, TensorBatcherOptions } from './model-options.ts'
export { readTensor } from './read-tensor.ts'
export {
  concatTensors,
  splitTensor,
  type StackOptions,
  stackTensors,
  type UnstackOptions,
  unstackTensor,
} from './stack.ts'
export type {
  NestedElements,
  ShapedElements,
  Tensor,
  TensorArray,
  TensorData,
  TensorDataTypes,
  TensorElement,
  TensorLike,
  TensorSpec,
  TensorType,
} from './tensor.ts'
export { type ModelContext, type RunModel, tensorBatcher } from './tensor-batcher.ts'
export { TensorError, type TensorErrorCode } from './tensor-error.ts'
