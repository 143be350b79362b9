import { refusal } from '../../platform/errors.ts'
import { isTensorType } from '../element-types.ts'
import type { TensorSpec } from '../tensor.ts'
import type { OnnxMetadata, OnnxSession } from './session.ts'

/** What a session tells of its model. */
export interface ModelShape {
  /** The inputs that items bring, the batch dimension left out. */
  readonly inputs: Record<string, TensorSpec>
  /** The outputs that items get, the batch dimension left out. */
  readonly outputs: Record<string, TensorSpec>
  /** The inputs that are the same for all, as they are. */
  readonly constants: Record<string, TensorSpec>
  /** The number of rows, where the model takes no other. */
  readonly batchSize: number | undefined
}

/** What the caller has said of them. */
export interface Named {
  readonly constants: readonly string[]
  readonly outputs: readonly string[] | undefined
  readonly shared: readonly string[]
}

/**
 * Tells the batch dimension from others: inputs and outputs that have none must be named.
 *
 * @throws TypeError or RangeError for a model that cannot be batched so.
 */
export function modelShape(action: string, session: OnnxSession, given: Named): ModelShape {
  const { inputNames, outputNames, inputMetadata, outputMetadata } = session
  checkKnown(action, 'constants', given.constants, inputNames)
  checkKnown(action, 'outputs', given.outputs ?? [], outputNames)
  checkKnown(action, 'shared', given.shared, given.outputs ?? outputNames)
  const inputs: Record<string, TensorSpec> = {}
  const constants: Record<string, TensorSpec> = {}
  let rows: number | undefined
  let first: string | undefined
  for (const name of inputNames) {
    const whole = specOf(inputMetadata, name)
    if (given.constants.includes(name)) {
      constants[name] = whole
      continue
    }
    inputs[name] = rowOf(whole)
    if (whole.shape === undefined) continue
    const [size] = whole.shape
    if (first === undefined && size !== undefined) {
      first = name
      if (typeof size === 'number') rows = size
    } else if (!isBatch(size, rows)) {
      throw withoutBatch(action, 'constants', 'input', name, whole)
    }
  }
  const outputs: Record<string, TensorSpec> = {}
  for (const name of given.outputs ?? tensorsOf(outputNames, outputMetadata)) {
    const whole = specOf(outputMetadata, name)
    const isShared = given.shared.includes(name)
    if (!isShared && first !== undefined && whole.shape && !isBatch(whole.shape[0], rows)) {
      throw withoutBatch(action, 'shared', 'output', name, whole)
    }
    outputs[name] = rowOf(whole)
  }
  return { inputs, outputs, constants, batchSize: rows }
}

/** Where the batch dimension is fixed in one input it is so in all, and of one size. */
function isBatch(size: number | string | null | undefined, rows: number | undefined): boolean {
  return size !== undefined && (rows === undefined ? typeof size !== 'number' : size === rows)
}

function withoutBatch(
  action: string,
  option: string,
  kind: string,
  name: string,
  { shape = [] }: TensorSpec,
): Error {
  const allowed = `named with '${name}': the ${kind} has no batch dimension, or not that of the first input`
  return refusal(
    action,
    option,
    allowed,
    `a shape of [${shape.map((size) => size ?? '?').join(', ')}]`,
  )
}

function checkKnown(
  action: string,
  option: string,
  given: readonly string[],
  known: readonly string[],
): void {
  for (const name of given) {
    if (known.includes(name)) continue
    throw refusal(action, option, `of ${known.join(', ')}`, name, 'JITNEY_OUT_OF_RANGE')
  }
}

/** Those that are no sequences or maps, for which the runtime has no values. */
function tensorsOf(
  names: readonly string[],
  metadata: readonly OnnxMetadata[] = [],
): readonly string[] {
  return names.filter((name) => metadata.find((one) => one.name === name)?.isTensor !== false)
}

function specOf(metadata: readonly OnnxMetadata[] = [], name: string): TensorSpec {
  const { type, shape } = metadata.find((one) => one.name === name) ?? {}
  return {
    type: isTensorType(type) ? type : undefined,
    shape: shape?.map((size) => (typeof size === 'number' && size < 0 ? null : size || null)),
  }
}

function rowOf({ type, shape }: TensorSpec): TensorSpec {
  return { type, shape: shape?.slice(1) }
}
