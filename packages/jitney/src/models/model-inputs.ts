import { refusal } from '../platform/errors.ts'
import { emptyData, oneOf } from './element-types.ts'
import type { PaddingSettings, Specs } from './model-options.ts'
import { checkedTensor } from './read-tensor.ts'
import { stackTensors } from './stack.ts'
import { describeTensor, sizeOf, type Tensor, type TensorSpec, type TensorType } from './tensor.ts'
import { refuseInput } from './tensor-error.ts'

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

/** What is known of the inputs of a model. */
export interface InputPlan {
  readonly specs: Specs
  readonly pad: Readonly<Record<string, PaddingSettings>>
  /** Made for the batch: no item brings them. */
  readonly masks: ReadonlySet<string>
}

export function inputPlan(specs: Specs, pad: InputPlan['pad']): InputPlan {
  const masks = Object.values(pad).flatMap(({ mask }) => mask ?? [])
  return { specs, pad, masks: new Set(masks) }
}

/** @throws TensorError for an item that the model cannot take. */
export function readItem({ specs, pad, masks }: InputPlan, item: unknown): ItemInputs {
  const given = objectOf(item)
  const known = Object.keys(specs ?? given).filter((name) => !masks.has(name))
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'left out'
    throw refuseInput(name)(expected, masks.has(name) ? 'a mask, which is made' : 'another name')
  }
  const tensors: Record<string, Tensor> = {}
  const sizes = new Map<string, number>()
  // Sorted where only items tell, as each may list its own in another order.
  for (const name of specs === undefined ? known.sort() : known) {
    const axes = pad[name]?.axis ?? []
    const refuse = refuseInput(name)
    const spec = specs?.[name] ?? {}
    const tensor = checkedTensor(given[name], spec, refuse, (axis) => axes.includes(axis))
    if (!axes.every((axis) => axis < tensor.shape.length)) {
      throw refuse(`of at least ${Math.max(...axes) + 1} dimensions`, describeTensor(tensor))
    }
    noteSizes(spec, tensor, sizes, refuse)
    tensors[name] = tensor
  }
  return { tensors, sizes }
}

/** Equal for items that can share a batch. */
export function keyOf({ pad }: InputPlan, { tensors }: ItemInputs): string {
  const parts: string[] = []
  for (const [name, { type, shape }] of Object.entries(tensors)) {
    const axes = pad[name]?.axis
    const sizes =
      axes === undefined ? shape : shape.map((size, axis) => (axes.includes(axis) ? '*' : size))
    parts.push(`${name} ${type} [${sizes.join(', ')}]`)
  }
  return parts.join('; ')
}

/** @param items of one key, at least one; repeated at the end where the model wants more rows. */
export function stackItems({ specs, pad }: InputPlan, items: readonly ItemInputs[]): StackedInputs {
  const stacked: Record<string, Tensor> = {}
  const padded = new Map<string, number>()
  for (const name of Object.keys(items[0]!.tensors)) {
    const tensors = items.map((item) => item.tensors[name]!)
    const padding = pad[name]
    if (padding === undefined) {
      stacked[name] = stackTensors(tensors)
      continue
    }
    const { axis: axes, mask, value } = padding
    const declared = specs?.[name]?.shape
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
    if (mask === undefined) continue
    stacked[mask] = maskOf(tensors, axes, shape, specs?.[mask]?.type)
  }
  return { tensors: stacked, padded }
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
  refuse: ReturnType<typeof refuseInput>,
): void {
  for (const [axis, name] of shape.entries()) {
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
  type: TensorType = 'int64',
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
