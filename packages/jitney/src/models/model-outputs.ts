import { refusal } from '../platform/errors.ts'
import type { ItemInputs, NamedTensors, StackedInputs } from './model-inputs.ts'
import type { Specs } from './model-options.ts'
import { checkedTensor } from './read-tensor.ts'
import { unstackTensor } from './stack.ts'
import { describeTensor, type Tensor, type TensorSpec } from './tensor.ts'
import { refuseOutput } from './tensor-error.ts'

/** What is known of the outputs of a model. */
export interface OutputPlan {
  readonly specs: Specs
  readonly shared: readonly string[]
}

/**
 * The results of the items.
 *
 * @param rows how many the batch had, of which the first are those of the items.
 * @throws TensorError for an output that is missing or has not a row for each of them.
 */
export function sliceOutputs(
  { specs, shared }: OutputPlan,
  outputs: unknown,
  items: readonly ItemInputs[],
  rows: number,
  padded: StackedInputs['padded'],
): NamedTensors[] {
  if (Object(outputs) !== outputs) {
    const allowed = 'an object of tensors by name'
    throw refusal('slice outputs', 'outputs', allowed, outputs, 'JITNEY_WRONG_RESULT')
  }
  const given = outputs as Readonly<Record<string, unknown>>
  const results: Record<string, Tensor>[] = items.map(() => ({}))
  for (const name of Object.keys(specs ?? given)) {
    const refuse = refuseOutput(name)
    const spec = specs?.[name] ?? {}
    const tensor = checkedTensor(given[name], { type: spec.type }, refuse)
    if (!shared.includes(name) && tensor.shape[0] !== rows) {
      throw refuse(
        `of shape [${['batch size', ...tensor.shape.slice(1)].join(', ')}], with ${rows} rows, or named in 'shared'`,
        describeTensor(tensor),
      )
    }
    const tensors = shared.includes(name)
      ? items.map(() => tensor)
      : unstackTensor(tensor, {
          count: items.length,
          shapeOf:
            padded.size > 0 ? (n) => ownShape(spec, tensor.shape, items[n]!, padded) : undefined,
        })
    for (const [n, result] of results.entries()) result[name] = tensors[n]!
  }
  return results
}

/** The shape of a result without what was filled up in its item. */
function ownShape(
  { shape: names = [] }: TensorSpec,
  [, ...row]: readonly number[],
  { sizes }: ItemInputs,
  padded: StackedInputs['padded'],
): readonly number[] {
  return row.map((size, axis) => {
    const name = names[axis]
    const isFilled = typeof name === 'string' && padded.get(name) === size
    return isFilled ? (sizes.get(name) as number) : size
  })
}
