import { tensorTypes } from './element-types.ts'
import type { TensorType } from './tensor.ts'

/** What the Open Inference Protocol, version 2, of KServe and Triton calls the types. */
export const kserveDatatypes: { readonly [Type in TensorType]: string } = {
  bool: 'BOOL',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
}

/**
 * The type of a KServe datatype; `undefined` for one that there is no array for, as for `BF16`.
 *
 * @example
 * ```ts
 * import { kserveDatatypes, typeOfDatatype } from 'jitney/tensor'
 *
 * typeOfDatatype('FP32') // => 'float32'
 * kserveDatatypes.string // => 'BYTES'
 * ```
 */
export function typeOfDatatype(datatype: string): TensorType | undefined {
  return tensorTypes.find((type) => kserveDatatypes[type] === datatype)
}
