import { refusal } from '../platform/errors.ts'
import { emptyData, oneOf } from './element-types.ts'
import type { PaddingSettings, Specs } from './model-options.ts'
import { checkedTensor } from './read-tensor.ts'
import { stackTensors } from './stack.ts'
import { describeTensor, sizeOf, type Tensor, type TensorSpec, type TensorType } from './tensor.ts'
import { type Refuse, refuseInput } from './tensor-error.ts'

/** Tensors by the names of inputs or outputs. */
export type NamedTensors = Readonly<Record<string, Tensor>>

/** What one item brings. */
export interface ItemInputs {
  readonly tensors: NamedTensors
  /** The sizes of the dimensions that the specifications name. */
  readonly sizes: ReadonlyMap<string, number>
}

export interface StackedInputs {
  readonly tensors: NamedTensors
  /** What named dimensions were filled up to. */
  readonly padded: ReadonlyMap<string, number>
}

/** What is known of one input. */
interface Input {
  readonly name: string
  readonly spec: TensorSpec
  readonly padding: PaddingSettings | undefined
  readonly refuse: Refuse
}

/** What is known of the inputs of a model. */
export interface InputPlan {
  /** Those that items bring; `undefined` where only they tell. */
  readonly known: readonly Input[] | undefined
  readonly pad: ReadonlyMap<string, PaddingSettings>
  /** Those that are made for the batch, with their types. */
  readonly masks: ReadonlyMap<string, TensorType>
  /** Whether all items can share a batch. */
  readonly isUniform: boolean
}

export function inputPlan(
  specs: Specs,
  given: Readonly<Record<string, PaddingSettings>>,
): InputPlan {
  const pad = new Map(Object.entries(given))
  const masks = new Map<string, TensorType>()
  for (const { mask } of pad.values()) {
    if (mask !== undefined) masks.set(mask, specs?.[mask]?.type ?? 'int64')
  }
  const known =
    specs &&
    Object.entries(specs)
      .filter(([name]) => !masks.has(name))
      .map(([name, spec]) => inputOf(name, spec, pad))
  return { known, pad, masks, isUniform: known?.every(isFixed) ?? false }
}

/** @throws TensorError for an item that the model cannot take. */
export function readItem(plan: InputPlan, item: unknown): ItemInputs {
  const given = objectOf(item)
  const names = Object.keys(given)
  checkNames(plan, names)
  const tensors: Record<string, Tensor> = {}
  const sizes = new Map<string, number>()
  // Sorted where only items tell, as each may list its own in another order.
  const inputs = plan.known ?? names.sort().map((name) => inputOf(name, {}, plan.pad))
  for (const { name, spec, padding, refuse } of inputs) {
    const axes = padding?.axis
    const tensor = checkedTensor(given[name], spec, refuse, axes)
    if (axes?.some((axis) => axis >= tensor.shape.length)) {
      throw refuse(`of at least ${Math.max(...axes) + 1} dimensions`, describeTensor(tensor))
    }
    noteSizes(spec, tensor, sizes, refuse)
    tensors[name] = tensor
  }
  return { tensors, sizes }
}

/** Equal for items that can share a batch. */
export function keyOf({ pad, isUniform }: InputPlan, { tensors }: ItemInputs): string {
  if (isUniform) return 'all'
  const parts: string[] = []
  for (const [name, { type, shape }] of Object.entries(tensors)) {
    const axes = pad.get(name)?.axis
    const sizes =
      axes === undefined ? shape : shape.map((size, axis) => (axes.includes(axis) ? '*' : size))
    parts.push(`${name} ${type} [${sizes.join(', ')}]`)
  }
  return parts.join('; ')
}

/** @param items of one key, at least one; repeated at the end where the model wants more rows. */
export function stackItems(
  { known, pad, masks }: InputPlan,
  items: readonly ItemInputs[],
): StackedInputs {
  const stacked: Record<string, Tensor> = {}
  const padded = new Map<string, number>()
  for (const name of Object.keys(items[0]!.tensors)) {
    const tensors = items.map((item) => item.tensors[name]!)
    const padding = pad.get(name)
    if (padding === undefined) {
      stacked[name] = stackTensors(tensors)
      continue
    }
    const { axis: axes, mask, value } = padding
    const declared = known?.find((input) => input.name === name)?.spec.shape
    const shape = paddedShape(tensors, axes, declared)
    for (const axis of axes) {
      const dimension = declared?.[axis]
      if (typeof dimension === 'string') padded.set(dimension, shape[axis]!)
    }
    const { type } = tensors[0]!
    stacked[name] = stackTensors(tensors, {
      padding: value ?? (type === 'string' ? '' : 0),
      shape,
    })
    if (mask !== undefined) stacked[mask] = maskOf(tensors, axes, shape, masks.get(mask)!)
  }
  return { tensors: stacked, padded }
}

function inputOf(name: string, spec: TensorSpec, pad: InputPlan['pad']): Input {
  return { name, spec, padding: pad.get(name), refuse: refuseInput(name) }
}

/** Whether the specification leaves nothing open but what is padded. */
function isFixed({ spec: { type, shape }, padding }: Input): boolean {
  const isOpen = (size: unknown, axis: number): boolean =>
    typeof size !== 'number' && !padding?.axis.includes(axis)
  return type !== undefined && shape !== undefined && !shape.some(isOpen)
}

function checkNames({ known, masks }: InputPlan, names: readonly string[]): void {
  for (const name of names) {
    if (masks.has(name)) throw refuseInput(name)('left out', 'a mask, which is made for the batch')
    if (known === undefined || known.some((input) => input.name === name)) continue
    const all = known.map((input) => input.name).join(', ')
    throw refuseInput(name)(`one of ${all}`, 'another name')
  }
}

function objectOf(item: unknown): Record<string, unknown> {
  if ({}.toString.call(item) === '[object Object]') return item as Record<string, unknown>
  throw refusal('stack items', 'item', 'an object of inputs', item)
}

/** One name means one size, in all inputs of the item. */
function noteSizes(
  { shape = [] }: TensorSpec,
  tensor: Tensor,
  sizes: Map<string, number>,
  refuse: Refuse,
): void {
  for (let axis = 0; axis < shape.length; axis += 1) {
    const name = shape[axis]
    if (typeof name !== 'string') continue
    const size = tensor.shape[axis]!
    const other = sizes.get(name)
    if (other !== undefined && other !== size) {
      throw refuse(`of '${name}' ${other}, as in another input`, describeTensor(tensor))
    }
    sizes.set(name, size)
  }
}

/** The largest of all, or what the model is made for. */
function paddedShape(
  tensors: readonly Tensor[],
  axes: readonly number[],
  declared: TensorSpec['shape'],
): readonly number[] {
  return tensors[0]!.shape.map((size, axis) => {
    if (!axes.includes(axis)) return size
    const fixed = declared?.[axis]
    return typeof fixed === 'number'
      ? fixed
      : tensors.reduce((most, { shape }) => Math.max(most, shape[axis]!), 0)
  })
}

function maskOf(
  tensors: readonly Tensor[],
  axes: readonly number[],
  shape: readonly number[],
  type: TensorType,
): Tensor {
  const order = axes.toSorted((one, other) => one - other)
  const ones = tensors.map((tensor) => {
    const own = order.map((axis) => tensor.shape[axis]!)
    const data = emptyData(type, sizeOf(own)) as unknown as unknown[]
    return {
      type,
      shape: own,
      data: data.fill(oneOf(type as Exclude<TensorType, 'string'>)),
    } as unknown as Tensor
  })
  return stackTensors(ones, { padding: 0, shape: order.map((axis) => shape[axis]!) })
}
