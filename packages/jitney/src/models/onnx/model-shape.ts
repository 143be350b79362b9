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
  const brought = inputNames.filter((name) => !given.constants.includes(name))
  const computed = given.outputs ?? tensorsOf(outputNames, outputMetadata)
  const specsOf = (metadata: OnnxSession['inputMetadata'], names: readonly string[]) =>
    names.map((name) => [name, specOf(metadata, name)] as const)
  const inputs = specsOf(inputMetadata, brought)
  const outputs = specsOf(outputMetadata, computed)

  const sizes = inputs.flatMap(([, { shape }]) => shape?.slice(0, 1) ?? [])
  // Where one input takes any number of rows, a fixed size beside it is another dimension.
  const isOpen = sizes.some((size) => typeof size !== 'number')
  const batchSize = isOpen ? undefined : (sizes[0] as number | undefined)
  for (const [name, { shape }] of inputs) {
    if (!isBatch(shape, batchSize)) throw withoutBatch(action, 'constants', name, shape)
  }
  for (const [name, { shape }] of outputs) {
    if (sizes.length === 0 || given.shared.includes(name) || isBatch(shape, batchSize)) continue
    throw withoutBatch(action, 'shared', name, shape)
  }
  return {
    inputs: rowsOf(inputs),
    outputs: rowsOf(outputs),
    constants: Object.fromEntries(specsOf(inputMetadata, given.constants)),
    batchSize,
  }
}

/** Whether the first dimension can be that of the batch; of an unknown shape it can. */
function isBatch(shape: TensorSpec['shape'], batchSize: number | undefined): boolean {
  if (shape === undefined) return true
  const [size] = shape
  return size !== undefined && (typeof size !== 'number' || size === batchSize)
}

function withoutBatch(
  action: string,
  option: 'constants' | 'shared',
  name: string,
  shape: TensorSpec['shape'] = [],
): Error {
  const kind = option === 'constants' ? 'input' : 'output'
  const sizes = shape.map((size) => size ?? '?').join(', ')
  const allowed = `named with '${name}': the ${kind} has no batch dimension, or not that of the others`
  return refusal(action, option, allowed, `a shape of [${sizes}]`)
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

/** The batch dimension left out. */
function rowsOf(specs: readonly (readonly [string, TensorSpec])[]): Record<string, TensorSpec> {
  return Object.fromEntries(
    specs.map(([name, { type, shape }]) => [name, { type, shape: shape?.slice(1) }]),
  )
}
