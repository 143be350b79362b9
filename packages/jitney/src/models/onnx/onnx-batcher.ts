import type { Batcher } from '../../batcher/constructor.ts'
import { readOptions } from '../../integration/options.ts'
import { refusal } from '../../platform/errors.ts'
import { checkFunction, type Guard, guard, has, optional } from '../../platform/guards.ts'
import type { NamedTensors } from '../model-inputs.ts'
import {
  modelGuards,
  type ModelSettings,
  named,
  names,
  type TensorBatcherOptions,
} from '../model-options.ts'
import { readTensor } from '../read-tensor.ts'
import type { Tensor, TensorLike, TensorSpec } from '../tensor.ts'
import { tensorBatcher } from '../tensor-batcher.ts'
import { modelShape } from './model-shape.ts'
import type { OnnxSession, OnnxTensor, OnnxTensorConstructor } from './session.ts'

/** Options of `onnxBatcher`, beside those of a `Batcher`. */
export interface OnnxBatcherOptions<Item = unknown> extends Omit<
  TensorBatcherOptions<Item>,
  'inputs' | 'outputs'
> {
  /**
   * The outputs that are computed.
   * @default all that are tensors
   */
  readonly outputs?: readonly string[] | undefined
  /**
   * Inputs that are the same for all items and have no batch dimension, such as a sample rate.
   * @default none
   */
  readonly constants?: Readonly<Record<string, TensorLike>> | undefined
}

interface Settings extends Omit<ModelSettings, 'inputs' | 'outputs'> {
  readonly outputs: readonly string[] | undefined
  readonly constants: Readonly<Record<string, TensorLike>>
}

const action = 'create onnxBatcher'
const { inputs: _, ...ofModels } = modelGuards

const guards: { readonly [Name in keyof Settings]: Guard<Settings[Name]> } = {
  ...ofModels,
  outputs: /* @__PURE__ */ optional(names),
  constants: /* @__PURE__ */ optional(
    /* @__PURE__ */ named<TensorLike>((_action, _name, value) => value as TensorLike),
    {},
  ),
}

const checkSession: Guard<OnnxSession> = /* @__PURE__ */ guard(
  'an InferenceSession',
  (value) => has(value, 'run') && Array.isArray((value as Partial<OnnxSession>).inputNames),
)

/**
 * A batcher over an ONNX model: one run of the session for many items. It takes the session and the
 * class `Tensor` of `onnxruntime-node`, `onnxruntime-web` or another package of the kind.
 *
 * An item is an object of the model's inputs without their batch dimension, the first; its result an
 * object of the outputs without it, as tensors. What holds for `tensorBatcher` holds here, and
 *
 * - **names, types and shapes** are those of the model: what does not fit is refused before the run;
 * - **a fixed batch dimension** is kept: smaller batches are filled up;
 * - **padded dimensions** that the model has named are cut in the outputs too;
 * - **in Node**, the runtime computes in the thread that calls it, one run after the other: more
 *   `concurrency` gains nothing there;
 * - **an abort** does not stop a run that has begun, as nothing can. Its slot is held until it ended.
 *
 * @param session stays the caller's: closing the batcher does not release it.
 * @throws TypeError or RangeError for wrong options, and for a model with inputs or outputs without
 * a batch dimension that are not named in `constants` or `shared`.
 *
 * @example
 * ```ts
 * import { onnxBatcher, type OnnxSession } from 'jitney/onnx'
 * import type { Tensor } from 'jitney/tensor'
 *
 * // import { InferenceSession, Tensor } from 'onnxruntime-node'
 * // const session = await InferenceSession.create('model.onnx')
 * class OnnxTensor {
 *   type
 *   data
 *   dims
 *   constructor(type: string, data: Float32Array, dims: readonly number[]) {
 *     this.type = type
 *     this.data = data
 *     this.dims = dims
 *   }
 * }
 * const session: OnnxSession = {
 *   inputNames: ['x'],
 *   outputNames: ['y'],
 *   inputMetadata: [{ name: 'x', isTensor: true, type: 'float32', shape: ['batch', 2] }],
 *   run: async ({ x }) => {
 *     const { data, dims } = x as OnnxTensor
 *     return { y: new OnnxTensor('float32', data.map((value) => value * 2), dims) }
 *   },
 * }
 *
 * const model = onnxBatcher<{ x: Float32Array }, { y: Tensor<'float32'> }>(session, OnnxTensor)
 * const items = [1, 2, 3].map((n) => ({ x: Float32Array.of(n, n + 0.5) }))
 * const results = await model.processAll(items) // in one run of shape [3, 2]
 * results[2]?.y.data // => new Float32Array([6, 7])
 *
 * const error = await model.process({ x: Float32Array.of(1) }).catch((reason) => reason)
 * error.message // => "Cannot stack items: input 'x' must be float32 of shape [2], received float32 of shape [1]"
 * ```
 */
export function onnxBatcher<
  Item extends Readonly<Partial<Record<keyof Item, TensorLike>>> = Readonly<
    Record<string, TensorLike>
  >,
  Result extends Readonly<Record<keyof Result, unknown>> = NamedTensors,
>(
  session: OnnxSession,
  Tensor: OnnxTensorConstructor,
  options?: OnnxBatcherOptions<Item>,
): Batcher<Item, Result> {
  checkSession(action, 'session', session)
  checkFunction(action, 'Tensor', Tensor)
  const { own, rest } = readOptions<Settings, Item>(action, guards, options, ['batchKey'])
  const { constants, outputs, batchSizes, ...ours } = own
  const model = modelShape(action, session, {
    constants: Object.keys(constants),
    outputs,
    shared: ours.shared,
  })
  const make = Tensor as unknown as new (...parameters: unknown[]) => OnnxTensor
  const feedOf = ({ type, data, shape }: Tensor): OnnxTensor => new make(type, data, shape)
  const feedsOf = (tensors: NamedTensors): Record<string, OnnxTensor> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, feedOf(tensor)]))
  const same = feedsOf(readConstants(constants, model.constants))
  const fetches = Object.keys(model.outputs)
  return tensorBatcher<Item, Result>(
    async (tensors) => {
      const given = await session.run({ ...same, ...feedsOf(tensors) }, fetches)
      return Object.fromEntries(
        await Promise.all(
          Object.entries(given).map(async ([name, tensor]) => [name, await taken(tensor)] as const),
        ),
      )
    },
    {
      ...rest,
      ...ours,
      inputs: model.inputs,
      outputs: model.outputs,
      batchSizes: sizes(batchSizes, model.batchSize),
    },
  )
}

/** What the runtime has computed, which it need not keep then. */
async function taken(tensor: OnnxTensor): Promise<TensorLike> {
  const { type, dims } = tensor
  const data = (await tensor.getData?.()) ?? tensor.data
  tensor.dispose?.()
  return { type, dims, data }
}

function readConstants(
  constants: Settings['constants'],
  specs: Readonly<Record<string, TensorSpec>>,
): NamedTensors {
  return Object.fromEntries(
    Object.entries(constants).map(([name, value]) => [name, readTensor(value, specs[name], name)]),
  )
}

/** What the model says goes before what the caller says: the model takes nothing else. */
function sizes(
  given: readonly number[] | undefined,
  fixed: number | undefined,
): readonly number[] | undefined {
  if (fixed === undefined) return given
  if (given === undefined || given.every((size) => size === fixed)) return [fixed]
  const allowed = `[${fixed}], as in the model`
  throw refusal(action, 'batchSizes', allowed, given, 'JITNEY_OUT_OF_RANGE')
}
