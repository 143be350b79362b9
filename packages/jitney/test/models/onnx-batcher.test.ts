/** What needs no model to be seen; models are run in integration/models. */
import { describe, expect, expectTypeOf, it } from 'vitest'

import type { Batcher } from '../../src/index.ts'
import type { NamedTensors, Tensor, TensorLike } from '../../src/models/index.ts'
import {
  onnxBatcher,
  type OnnxBatcherOptions,
  type OnnxMetadata,
  type OnnxSession,
} from '../../src/models/onnx/index.ts'

type Data = ArrayLike<number> & object

class OnnxTensor {
  readonly type: string
  readonly data: Data
  readonly dims: readonly number[]

  constructor(type: string, data: Data, dims: readonly number[]) {
    this.type = type
    this.data = data
    this.dims = dims
  }
}

interface Model {
  readonly inputs: Readonly<Record<string, Omit<OnnxMetadata, 'name' | 'isTensor'>>>
  readonly outputs?: Readonly<Record<string, Omit<OnnxMetadata, 'name' | 'isTensor'>>>
  readonly run?: OnnxSession['run']
}

const numbers = (...shape: (number | string)[]) => ({ type: 'float32', shape })

/** A session of a model that gives its first input back. */
function sessionOf({ inputs, outputs = { y: numbers('batch') }, run }: Model): OnnxSession {
  const metadata = (values: Model['inputs']): OnnxMetadata[] =>
    Object.entries(values).map(([name, value]) => ({ name, isTensor: true, ...value }))
  return {
    inputNames: Object.keys(inputs),
    outputNames: Object.keys(outputs),
    inputMetadata: metadata(inputs),
    outputMetadata: metadata(outputs),
    run: run ?? (async (feeds) => ({ y: Object.values(feeds)[0]! })),
  }
}

describe('onnxBatcher()', () => {
  it.each<[string, Model, OnnxBatcherOptions, RegExp]>([
    [
      'an input without a batch dimension that is not named',
      { inputs: { x: numbers('batch', 2), k: numbers() } },
      {},
      /'constants' must be named with 'k': the input has no batch dimension.*received "a shape of \[\]"/,
    ],
    [
      'an input of a fixed size beside one that is not',
      { inputs: { x: numbers('batch', 2), k: numbers(2, 'batch') } },
      {},
      /'constants' must be named with 'k'.*\[2, batch\]/,
    ],
    [
      'an input of a fixed size before one that is not',
      { inputs: { k: numbers(1), x: numbers('batch', 2) } },
      {},
      /'constants' must be named with 'k'.*\[1\]/,
    ],
    [
      'two fixed batch sizes',
      { inputs: { x: numbers(4, 2), k: numbers(3, 2) } },
      {},
      /'constants' must be named with 'k'.*\[3, 2\]/,
    ],
    [
      'an output without a batch dimension that is not named',
      { inputs: { x: numbers('batch') }, outputs: { y: numbers('batch'), loss: numbers() } },
      {},
      /'shared' must be named with 'loss': the output has no batch dimension/,
    ],
    [
      'an output of a fixed size',
      { inputs: { x: numbers('batch') }, outputs: { y: numbers(10, 'batch') } },
      {},
      /'shared' must be named with 'y'.*\[10, batch\]/,
    ],
    [
      'an output of another fixed size',
      { inputs: { x: numbers(4) }, outputs: { y: numbers(1) } },
      {},
      /'shared' must be named with 'y'/,
    ],
    [
      'an unknown output',
      { inputs: {} },
      { outputs: ['z'] },
      /'outputs' must be of y, received "z"/,
    ],
    ['an unknown shared output', { inputs: {} }, { shared: ['z'] }, /'shared' must be of y/],
    [
      'an unknown constant',
      { inputs: { x: numbers('n') } },
      { constants: { z: 1 } },
      /'constants' must be of x/,
    ],
    [
      'a constant that does not fit',
      { inputs: { x: numbers('n'), k: numbers() } },
      { constants: { k: [1] } },
      /input 'k' must be float32 of shape \[\], received float32 of shape \[1\]/,
    ],
    [
      'padding of an unknown input',
      { inputs: { x: numbers('n', 'm') } },
      { pad: { z: {} } },
      /'pad' must be of x, received "z"/,
    ],
    [
      'batch sizes that are not those of the model',
      { inputs: { x: numbers(4) }, outputs: { y: numbers(4) } },
      { batchSizes: [2, 4] },
      /'batchSizes' must be \[4\], as in the model/,
    ],
    [
      'inputs, which the model tells',
      { inputs: {} },
      { inputs: {} } as never,
      /Cannot create onnxBatcher: 'option' must be one of/,
    ],
  ])('refuses %s', (_, model, options, message) => {
    expect(() => onnxBatcher(sessionOf(model), OnnxTensor, options)).toThrow(message)
  })

  it('refuses what is no session, and a Tensor that is no class', () => {
    expect(() => onnxBatcher({} as never, OnnxTensor)).toThrow(
      /'session' must be an InferenceSession/,
    )
    expect(() => onnxBatcher(sessionOf({ inputs: {} }), {} as never)).toThrow(
      /'Tensor' must be a function/,
    )
  })

  it('takes an output of any size for one with a row each, beside inputs of a fixed number', async () => {
    const outputs = { y: numbers('', 1) }
    const batcher = onnxBatcher(sessionOf({ inputs: { x: numbers(4, 1) }, outputs }), OnnxTensor)
    expect(batcher.maxBatchSize).toBe(4)
    expect((await batcher.process({ x: [7] })).y?.data).toEqual(Float32Array.of(7))
  })

  it('works with a session that tells only names', async () => {
    const { run } = sessionOf({ inputs: {} })
    const batcher = onnxBatcher({ inputNames: ['x'], outputNames: ['y'], run }, OnnxTensor)
    const [one, other] = await batcher.processAll([{ x: [1, 2] }, { x: [3, 4] }])
    expect(one?.y?.data).toEqual(Float32Array.of(1, 2))
    expect(other?.y?.data).toEqual(Float32Array.of(3, 4))
    await expect(batcher.process({ z: 1 })).rejects.toThrow(/input 'z' must be one of x/)
  })

  it('fetches outputs from where they are, and frees them', async () => {
    const disposed: unknown[] = []
    const elsewhere = (feed: { readonly dims: readonly number[] }) => ({
      type: 'float32',
      dims: feed.dims,
      get data(): Data {
        throw new Error('the data is not on CPU')
      },
      getData: async () => Float32Array.of(5, 6),
      dispose(this: unknown) {
        disposed.push(this)
      },
    })
    const batcher = onnxBatcher(
      sessionOf({ inputs: { x: numbers('n') }, run: async ({ x }) => ({ y: elsewhere(x!) }) }),
      OnnxTensor,
    )
    const results = await batcher.processAll([{ x: 1 }, { x: 2 }])
    expect(results.map(({ y }) => y?.data[0])).toEqual([5, 6])
    expect(disposed).toHaveLength(1)
  })

  it('asks for the outputs that were named, or all that are tensors', async () => {
    const asked: unknown[] = []
    const session = {
      ...sessionOf({
        inputs: { x: numbers('n') },
        outputs: { y: numbers('n'), z: numbers('n') },
        run: async ({ x }, fetches) => {
          asked.push(fetches)
          return { y: x!, z: x! }
        },
      }),
    }
    await onnxBatcher(session, OnnxTensor).process({ x: 1 })
    const result = await onnxBatcher(session, OnnxTensor, { outputs: ['z'] }).process({ x: 1 })
    const [y, z] = session.outputMetadata!
    const outputMetadata = [{ ...y!, isTensor: false }, z!]
    await onnxBatcher({ ...session, outputMetadata }, OnnxTensor).process({ x: 1 })
    expect(asked).toEqual([['y', 'z'], ['z'], ['z']])
    expect(Object.keys(result)).toEqual(['z'])
  })

  it('infers nothing it cannot know, and takes interfaces for items and results', () => {
    interface Item {
      x: Float32Array
      length?: number
    }
    interface Result {
      y: Tensor<'float32'>
    }
    const session = sessionOf({ inputs: { x: numbers('n') } })
    expectTypeOf(onnxBatcher(session, OnnxTensor)).toEqualTypeOf<
      Batcher<Readonly<Record<string, TensorLike>>, NamedTensors>
    >()
    expectTypeOf(onnxBatcher<Required<Item>, Result>(session, OnnxTensor)).toEqualTypeOf<
      Batcher<Required<Item>, Result>
    >()
    expectTypeOf<Tensor<'int64'>['data']>().toEqualTypeOf<BigInt64Array>()
    // @ts-expect-error an item has no dates
    void onnxBatcher<{ x: Date }>
  })
})
