/** Inference with ONNX Runtime. */
export { onnxBatcher, type OnnxBatcherOptions } from './onnx-batcher.ts'
export type { OnnxMetadata, OnnxSession, OnnxTensor, OnnxTensorConstructor } from './session.ts'
