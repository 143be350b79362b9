import type { Awaitable, BatchContext } from '../batcher/batch-function.ts'
import { Batcher } from '../batcher/constructor.ts'
import type { BatcherOptions } from '../batcher/options.ts'
import { readOptions } from '../integration/options.ts'
import { refusal } from '../platform/errors.ts'
import { checkFunction } from '../platform/guards.ts'
import {
  inputPlan,
  type ItemInputs,
  keyOf,
  type NamedTensors,
  readItem,
  stackItems,
} from './model-inputs.ts'
import {
  checkNames,
  modelGuards,
  type ModelSettings,
  type TensorBatcherOptions,
} from './model-options.ts'
import { sliceOutputs } from './model-outputs.ts'
import type { Tensor, TensorLike } from './tensor.ts'
import { refuseInput, TensorError } from './tensor-error.ts'

/** What a model is told beside its inputs. */
export type ModelContext = Pick<BatchContext, 'signal'>

/**
 * Runs a model on a batch: gets each input with the batch dimension first, gives each output so.
 * An output is anything that `readTensor` takes.
 */
export type RunModel<Item = unknown> = (
  inputs: { readonly [Name in keyof Item]: Tensor } & NamedTensors,
  context: ModelContext,
) => Awaitable<Readonly<Record<string, TensorLike>>>

const action = 'create tensorBatcher'

/**
 * A batcher over a model that takes tensors with a batch dimension, the first. An item is an object
 * of what the model takes without it, its result an object of what the model gives without it.
 *
 * - **Company.** Items of different types or shapes never share a batch, but for dimensions that are
 *   padded. Arrays are read when their batch leaves, and not changed.
 * - **Results** are copies: none keeps its batch alive, and each can be changed or moved.
 * - **A wrong item**, in names, types, shapes or elements, is refused alone, with a `TensorError`.
 * - **A wrong output**, without a row for each item, rejects all with a `TensorError` each.
 * - **A model that throws** is run again on halves, until the item it throws for is alone:
 *   `splitOnError` is on unless it is switched off.
 *
 * @param run calls the model.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { type Tensor, tensorBatcher, unstackTensor } from 'jitney/tensor'
 *
 * // A model in plain JavaScript: the mean of what the mask says is there.
 * const means = tensorBatcher<{ x: Float32Array }, { mean: Tensor<'float32'> }>(
 *   ({ x, mask }) => {
 *     const counts = unstackTensor(mask!).map(({ data }) => data.filter(Boolean).length)
 *     const sums = unstackTensor(x).map(({ data }) => (data as Float32Array).reduce((a, b) => a + b, 0))
 *     return { mean: sums.map((sum, n) => sum / counts[n]!) }
 *   },
 *   { pad: { x: { mask: 'mask' } } },
 * )
 * const items = [[1, 2, 3], [5]].map((numbers) => ({ x: Float32Array.from(numbers) }))
 * const results = await means.processAll(items)
 * results.map(({ mean }) => mean.data[0]) // => [2, 5]
 * ```
 */
export function tensorBatcher<
  Item extends Readonly<Partial<Record<keyof Item, TensorLike>>> = Readonly<
    Record<string, TensorLike>
  >,
  Result extends Readonly<Record<keyof Result, unknown>> = NamedTensors,
>(run: RunModel<Item>, options?: TensorBatcherOptions<Item>): Batcher<Item, Result> {
  checkFunction(action, 'run', run)
  const { own, rest } = readOptions<ModelSettings, Item>(action, modelGuards, options, ['batchKey'])
  checkNames(action, own)
  const plan = inputPlan(own.inputs, own.pad)
  const outputPlan = { specs: own.outputs, shared: own.shared }
  const readAgain = (item: Item, key: unknown): ItemInputs | Error => {
    try {
      const inputs = readItem(plan, item)
      const now = keyOf(plan, inputs)
      return now === key ? inputs : changed(inputs, String(key), now)
    } catch (error) {
      return error as Error
    }
  }
  const work = async (items: Item[], { key, signal }: BatchContext): Promise<unknown[]> => {
    const read = items.map((item) => readAgain(item, key))
    const sound = read.filter((one): one is ItemInputs => !(one instanceof Error))
    if (sound.length === 0) return read
    const rows = rowsFor(sound.length, own.batchSizes)
    const { tensors, padded } = stackItems(plan, filledUp(sound, rows))
    const outputs = await run(tensors as Parameters<typeof run>[0], { signal })
    const results = resultsOr(sound.length, () =>
      sliceOutputs(outputPlan, outputs, sound, rows, padded),
    ).values()
    return read.map((one) => (one instanceof Error ? one : results.next().value))
  }
  return new Batcher<Item, Result>(work as never, {
    ...rest,
    ...sizeLimit(own.batchSizes, rest.maxBatchSize),
    retry: own.retry,
    splitOnError: own.splitOnError,
    batchKey: (item) => keyOf(plan, readItem(plan, item)),
  })
}

function changed({ tensors }: ItemInputs, before: string, now: string): TensorError {
  const names = Object.keys(tensors).join("', '")
  return refuseInput(names)(`as it was handed over, ${before}`, now)
}

/** The next number of rows that the model takes. */
function rowsFor(count: number, batchSizes: readonly number[] = []): number {
  const enough = batchSizes.filter((size) => size >= count)
  return enough.length > 0 ? Math.min(...enough) : count
}

function filledUp(items: readonly ItemInputs[], rows: number): readonly ItemInputs[] {
  const last = items.at(-1)!
  return [...items, ...Array.from({ length: rows - items.length }, () => last)]
}

/** An output that does not fit is as wrong in halves: each item gets the error, none is sent again. */
function resultsOr(count: number, slice: () => NamedTensors[]): readonly (NamedTensors | Error)[] {
  try {
    return slice()
  } catch (error) {
    if (!(error instanceof TensorError)) throw error
    const { code, tensor, expected, received } = error
    return Array.from({ length: count }, () => new TensorError(code, tensor, expected, received))
  }
}

function sizeLimit(
  batchSizes: readonly number[] | undefined,
  maxBatchSize: number | undefined,
): Pick<BatcherOptions, 'maxBatchSize'> {
  if (batchSizes === undefined) return {}
  const largest = Math.max(...batchSizes)
  if (maxBatchSize !== undefined && maxBatchSize > largest) {
    const allowed = `at most ${largest}, the largest of 'batchSizes'`
    throw refusal(action, 'maxBatchSize', allowed, maxBatchSize, 'JITNEY_OUT_OF_RANGE')
  }
  return { maxBatchSize: maxBatchSize ?? largest }
}
