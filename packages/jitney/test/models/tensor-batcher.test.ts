import fc from 'fast-check'
import { BatchError } from 'jitney'
import { describe, expect, it } from 'vitest'

import {
  type NamedTensors,
  type Tensor,
  tensorBatcher,
  type TensorBatcherOptions,
  TensorError,
  type TensorLike,
} from '../../src/models/index.ts'

type Item = Readonly<Record<string, TensorLike>>

/** A model that gives back its inputs, and the batches that it saw. */
function echo(options?: TensorBatcherOptions<Item>) {
  const batches: NamedTensors[] = []
  const batcher = tensorBatcher<Item>((inputs) => {
    batches.push(inputs)
    return inputs
  }, options)
  return { batcher, batches, shapes: () => batches.map(shapesOf) }
}

function shapesOf(tensors: NamedTensors): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))
}

function valuesOf(tensor: Tensor | undefined): unknown[] {
  return [...(tensor?.data ?? [])]
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(
    () => new Error('it resolved'),
    (error: Error) => error,
  )
}

describe('tensorBatcher()', () => {
  it('gives the model one batch of several inputs, and each caller its row of each output', async () => {
    const { batcher, shapes } = echo()
    const results = await batcher.processAll(
      [1, 2, 3].map((n) => ({ a: Float32Array.of(n, -n), b: BigInt(n), c: `item ${n}` })),
    )
    expect(shapes()).toEqual([{ a: [3, 2], b: [3], c: [3] }])
    expect(results[1]).toEqual({
      a: { type: 'float32', shape: [2], data: Float32Array.of(2, -2) },
      b: { type: 'int64', shape: [], data: BigInt64Array.of(2n) },
      c: { type: 'string', shape: [], data: ['item 2'] },
    })
  })

  it('does not care in which order an item lists its inputs', async () => {
    const { batcher, shapes } = echo()
    await batcher.processAll([
      { a: 1, b: [2] },
      { b: [3], a: 4 },
    ])
    expect(shapes()).toEqual([{ a: [2], b: [2, 1] }])
  })

  it('keeps items of other shapes, types or names in batches of their own', async () => {
    const { batcher, shapes } = echo()
    const items: Item[] = [{ a: [1] }, { a: [1, 2] }, { a: [3] }, { a: [1n] }, { b: [1] }]
    const results = await batcher.processAll(items)
    expect(shapes()).toEqual([{ a: [2, 1] }, { a: [1, 2] }, { a: [1, 1] }, { b: [1, 1] }])
    expect(results.map(({ a }) => valuesOf(a))).toEqual([[1], [1, 2], [3], [1n], []])
  })

  it('pads ragged inputs, tells by a mask where they end, and cuts outputs of that dimension', async () => {
    const { batcher, batches } = echo({
      inputs: { ids: { type: 'int32', shape: ['length'] }, mask: { type: 'bool' } },
      outputs: { ids: { shape: ['length'] }, mask: {} },
      pad: { ids: { value: -1, mask: 'mask' } },
    })
    const results = await batcher.processAll([{ ids: [1, 2, 3] }, { ids: [] }, { ids: [4] }])
    expect(batches).toEqual([
      {
        ids: { type: 'int32', shape: [3, 3], data: Int32Array.of(1, 2, 3, -1, -1, -1, 4, -1, -1) },
        mask: { type: 'bool', shape: [3, 3], data: Uint8Array.of(1, 1, 1, 0, 0, 0, 1, 0, 0) },
      },
    ])
    expect(results.map(({ ids }) => valuesOf(ids))).toEqual([[1, 2, 3], [], [4]])
    expect(results[2]?.mask?.shape).toEqual([3])
  })

  it('pads several dimensions, each to its largest, and leaves others apart', async () => {
    const { batcher, shapes } = echo({
      inputs: { image: { shape: ['channels', 'height', 'width'] }, mask: { type: 'float16' } },
      outputs: { image: { shape: [null, 'height', 'width'] } },
      pad: { image: { axis: [2, 1], mask: 'mask' } },
    })
    const image = (...shape: number[]): Item => ({
      image: { data: new Uint8Array(shape.reduce((a, b) => a * b)).fill(7), shape },
    })
    const results = await batcher.processAll([image(1, 2, 3), image(1, 4, 1), image(2, 1, 1)])
    expect(shapes()).toEqual([
      { image: [2, 1, 4, 3], mask: [2, 4, 3] },
      { image: [1, 2, 1, 1], mask: [1, 1, 1] },
    ])
    expect(results.map((result) => result.image?.shape)).toEqual([
      [1, 2, 3],
      [1, 4, 1],
      [2, 1, 1],
    ])
    expect(results.flatMap((result) => valuesOf(result.image))).toEqual(Array(12).fill(7))
  })

  it('pads to the size that is declared, and refuses an item that is longer', async () => {
    const { batcher, shapes } = echo({ inputs: { x: { shape: [4] } }, pad: { x: {} } })
    const settled = await batcher.processAllSettled([{ x: [1] }, { x: [1, 2, 3, 4, 5] }])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect((settled[1] as PromiseRejectedResult).reason).toMatchObject({
      tensor: 'x',
      expected: 'of shape [4]',
    })
    expect(shapes()).toEqual([{ x: [1, 4] }])
  })

  it('gives any items back from padded batches as they were', async () => {
    const item = fc.record({
      words: fc.array(fc.string(), { maxLength: 5 }),
      numbers: fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 2 }), {
        minLength: 1,
        maxLength: 5,
      }),
    })
    const specs = { words: { shape: ['w'] }, numbers: { shape: ['n', 2] } } as const
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 8 }), async (items) => {
        const { batcher, batches } = echo({
          inputs: { words: { ...specs.words, type: 'string' }, numbers: specs.numbers },
          outputs: specs,
          pad: { words: {}, numbers: { value: 0.5 } },
        })
        const results = await batcher.processAll(items)
        expect(batches).toHaveLength(1)
        expect(results.map(({ words }) => valuesOf(words))).toEqual(items.map(({ words }) => words))
        expect(results.map(({ numbers }) => valuesOf(numbers))).toEqual(
          items.map(({ numbers }) => numbers.flat()),
        )
      }),
    )
  })

  it('fills batches up to the sizes that the model takes', async () => {
    const { batcher, batches } = echo({ batchSizes: [6, 2] })
    const results = await batcher.processAll([1, 2, 3, 4, 5, 6, 7].map((x) => ({ x })))
    expect(results.map(({ x }) => valuesOf(x))).toEqual([[1], [2], [3], [4], [5], [6], [7]])
    expect(batches.map(({ x }) => valuesOf(x))).toEqual([
      [1, 2, 3, 4, 5, 6],
      [7, 7],
    ])
  })

  it('fills padded batches up with their last item, and leaves out what comes of that', async () => {
    const { batcher, batches } = echo({
      inputs: { x: { type: 'int8', shape: ['n'] } },
      outputs: { x: { shape: ['n'] } },
      pad: { x: {} },
      batchSizes: [4],
    })
    const results = await batcher.processAll([{ x: [1, 2] }, { x: [] }, { x: [3] }])
    expect(valuesOf(batches[0]?.x)).toEqual([1, 2, 0, 0, 3, 0, 3, 0])
    expect(results.map(({ x }) => valuesOf(x))).toEqual([[1, 2], [], [3]])
  })

  it('leaves an output alone that has another size where a padded dimension is named', async () => {
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
    ]
    const batcher = tensorBatcher<{ x: number[] }>(() => ({ y: rows }), {
      inputs: { x: { shape: ['n'] } },
      outputs: { y: { shape: ['n'] } },
      pad: { x: {} },
    })
    const results = await batcher.processAll([{ x: [1, 2] }, { x: [1] }])
    expect(results.map(({ y }) => valuesOf(y))).toEqual(rows)
  })

  it('keeps items of other types apart also where shapes are declared', async () => {
    const { batcher, shapes } = echo({ inputs: { x: { shape: [1] } } })
    await batcher.processAll(
      [Int8Array.of(1), Uint8Array.of(1), Int8Array.of(2)].map((x) => ({ x })),
    )
    expect(shapes()).toEqual([{ x: [2, 1] }, { x: [1, 1] }])
  })

  it('gives a shared output to all, and others as copies', async () => {
    const table = Float32Array.of(1, 2, 3)
    const batcher = tensorBatcher<Item>(({ x }) => ({ x: x!, table }), { shared: ['table'] })
    const [one, other] = await batcher.processAll([{ x: [1] }, { x: [2] }])
    expect(one?.table).toBe(other?.table)
    expect(one?.table?.data).toBe(table)
    const buffers = [one, other].map((result) => (result!.x!.data as Float32Array).buffer)
    expect(buffers[0]).not.toBe(buffers[1])
  })

  it('takes from the model whatever is read as a tensor', async () => {
    const batcher = tensorBatcher<{ x: number }>(async ({ x }) => ({
      nested: Array.from(x.data as Float32Array, (value) => [value, value]),
      flat: Array.from(x.data as Float32Array),
      shaped: { data: x.data, dims: [2, 1] },
    }))
    const [, second] = await batcher.processAll([{ x: 1 }, { x: 2 }])
    expect(shapesOf(second!)).toEqual({ nested: [2], flat: [], shaped: [1] })
  })
})

describe('a wrong item', () => {
  const inputs = {
    a: { type: 'float32', shape: ['n', 2] },
    b: { type: 'int64', shape: ['n'] },
  } as const
  const right = { a: [[1, 2]], b: [1] }

  it.each<[string, unknown, string, string, string]>([
    ['an input that is missing', { a: [[1, 2]] }, 'b', 'int64 of shape [n]', 'nothing'],
    ['an input that there is not', { ...right, c: 1 }, 'c', 'one of a, b', 'another name'],
    [
      'another type',
      { ...right, b: Int32Array.of(1) },
      'b',
      'int64 of shape [n]',
      'int32 of shape [1]',
    ],
    [
      'another shape',
      { ...right, a: [[1]] },
      'a',
      'float32 of shape [n, 2]',
      'float32 of shape [1, 1]',
    ],
    [
      'sizes that do not agree',
      { ...right, b: [1, 2] },
      'b',
      "of 'n' 1, as in another input",
      'int64 of shape [2]',
    ],
    [
      'an element that the type does not have',
      { ...right, b: [0.5] },
      'b',
      'elements of int64',
      '0.5',
    ],
  ])('with %s is refused alone, by name', async (_, item, tensor, expected, received) => {
    const { batcher, shapes } = echo({ inputs })
    const [before, wrong, after] = await batcher.processAllSettled([right, item as Item, right])
    expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(shapes()).toEqual([{ a: [2, 1, 2], b: [2, 1] }])
    const { reason } = wrong as PromiseRejectedResult
    expect(reason).toBeInstanceOf(TensorError)
    expect(reason).toMatchObject({ code: 'JITNEY_WRONG_INPUT', tensor, expected, received })
    expect((reason as Error).message).toBe(
      `Cannot stack items: input '${tensor}' must be ${expected}, received ${received}`,
    )
  })

  it.each([undefined, null, 1, [1], Float32Array.of(1), new Map()])(
    'that is %o is refused',
    async (item) => {
      const { batcher } = echo()
      await expect(batcher.process(item as never)).rejects.toThrow(
        /'item' must be an object of inputs/,
      )
    },
  )

  it('that brings a mask, or has too few dimensions to pad, is refused', async () => {
    const { batcher } = echo({ pad: { x: { axis: 1, mask: 'm' } } })
    await expect(batcher.process({ x: [[1]], m: [1] })).rejects.toThrow(
      /'m' must be left out, received a mask/,
    )
    await expect(batcher.process({ x: [1] })).rejects.toThrow(
      /'x' must be of at least 2 dimensions/,
    )
  })

  it('that changed while it waited is refused alone', async () => {
    const { batcher, shapes } = echo()
    const changing = { x: [1] }
    const worse = { x: [1] as TensorLike }
    const settled = batcher.processAllSettled([{ x: [0] }, changing, worse])
    changing.x.push(2)
    worse.x = [[1], 2]
    const [first, second, third] = await settled
    expect(first?.status).toBe('fulfilled')
    expect((second as PromiseRejectedResult).reason).toMatchObject({
      code: 'JITNEY_WRONG_INPUT',
      message:
        "Cannot stack items: input 'x' must be as it was handed over, x float32 [1], received x float32 [2]",
    })
    expect((third as PromiseRejectedResult).reason).toBeInstanceOf(TensorError)
    expect(shapes()).toEqual([{ x: [1, 1] }])
  })

  it('is no reason to call the model when all of a batch have changed', async () => {
    const { batcher, batches } = echo()
    const item = { x: [1] }
    const settled = batcher.processAllSettled([item])
    item.x.push(2)
    expect((await settled)[0]?.status).toBe('rejected')
    expect(batches).toEqual([])
  })
})

describe('a model', () => {
  it('that throws for one item fails that caller alone, with what it threw', async () => {
    const poison = new RangeError('index out of range')
    const sizes: number[] = []
    const batcher = tensorBatcher<{ x: number }>(({ x }) => {
      sizes.push(x.shape[0]!)
      if (valuesOf(x).includes(-1)) throw poison
      return { x }
    })
    const settled = await batcher.processAllSettled([0, 1, 2, -1, 4, 5, 6, 7].map((x) => ({ x })))
    expect(settled.flatMap(({ status }, n) => (status === 'rejected' ? n : []))).toEqual([3])
    const { reason } = settled[3] as PromiseRejectedResult
    expect(reason).toBeInstanceOf(BatchError)
    expect((reason as Error).cause).toBe(poison)
    expect(sizes.length).toBeLessThanOrEqual(7)
  })

  it('that throws is not run again where that was switched off', async () => {
    let runs = 0
    const failing = (): never => {
      runs += 1
      throw new Error('down')
    }
    const batcher = tensorBatcher<{ x: number }>(failing, { splitOnError: false })
    await batcher.processAllSettled([{ x: 1 }, { x: 2 }])
    expect(runs).toBe(1)
    await batcher.close()
    runs = 0
    const again = tensorBatcher<{ x: number }>(failing, { retry: { attempts: 3, minDelay: 0 } })
    await failureOf(again.process({ x: 1 }))
    expect(runs).toBe(3)
  })

  it.each<[string, Readonly<Record<string, TensorLike>>, string, string, string]>([
    ['too few rows', { y: [1] }, 'y', 'batch size], with 2 rows', 'float32 of shape [1]'],
    ['no batch dimension', { y: 1 }, 'y', 'with 2 rows', 'float32 of shape []'],
    [
      'too many rows',
      { y: [[1], [2], [3]] },
      'y',
      '[batch size, 1], with 2 rows',
      'of shape [3, 1]',
    ],
    ['no such output', {}, 'y', 'int', 'nothing'],
    ['another type', { y: [1n, 2n] }, 'y', 'elements of float32', '1n'],
  ])(
    'that gives %s rejects all, each with an error that says so',
    async (_, given, tensor, expected, received) => {
      let runs = 0
      const batcher = tensorBatcher<{ x: number }>(
        () => {
          runs += 1
          return given
        },
        { outputs: { y: { type: expected === 'int' ? 'int8' : 'float32' } } },
      )
      const settled = await batcher.processAllSettled([{ x: 1 }, { x: 2 }])
      const [one, other] = settled.map(
        (each) => (each as PromiseRejectedResult).reason as TensorError,
      )
      for (const error of [one, other]) {
        expect(error).toBeInstanceOf(TensorError)
        expect(error).toMatchObject({ code: 'JITNEY_WRONG_OUTPUT', tensor })
        expect(error?.expected).toContain(expected)
        expect(error?.received).toContain(received)
      }
      expect(one).not.toBe(other)
      expect(runs).toBe(1)
    },
  )

  it('that gives nothing at all rejects all', async () => {
    const batcher = tensorBatcher<{ x: number }>((() => undefined) as never)
    const { cause } = await failureOf(batcher.process({ x: 1 }))
    expect(cause).toMatchObject({ code: 'JITNEY_WRONG_RESULT' })
    expect((cause as Error).message).toContain("'outputs' must be an object of tensors by name")
  })

  it('is told when nobody waits any more', async () => {
    const controller = new AbortController()
    let aborted = false
    const batcher = tensorBatcher<{ x: number }>(({ x }, { signal }) => {
      controller.abort()
      aborted = signal.aborted
      return { x }
    })
    await failureOf(batcher.process({ x: 1 }, { signal: controller.signal }))
    await batcher.onIdle()
    expect(aborted).toBe(true)
  })
})

describe('the options of tensorBatcher()', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'an unknown one',
      { pads: {} },
      /'option' must be one of inputs, outputs, pad, shared, batchSizes/,
    ],
    ['a batch key', { batchKey: () => 1 }, /'option' must be one of/],
    ['inputs that are no object', { inputs: [] }, /'inputs' must be an object/],
    [
      'an unknown type',
      { inputs: { x: { type: 'int' } } },
      /'inputs\.x\.type' must be one of bool, int8/,
    ],
    [
      'a shape that is none',
      { outputs: { x: { shape: [-1] } } },
      /'outputs\.x\.shape' must be a list of sizes/,
    ],
    ['an unknown field', { pad: { x: { axes: 1 } } }, /'option' must be one of axis, value, mask/],
    [
      'a negative axis',
      { pad: { x: { axis: -1 } } },
      /'pad\.x\.axis' must be an integer of at least 0/,
    ],
    ['no axis', { pad: { x: { axis: [] } } }, /'pad\.x\.axis'/],
    [
      'padding that is no element',
      { pad: { x: { value: {} } } },
      /'pad\.x\.value' must be a number/,
    ],
    ['a mask that is no name', { pad: { x: { mask: 1 } } }, /'pad\.x\.mask' must be a string/],
    [
      'padding of an unknown input',
      { inputs: { x: {} }, pad: { y: {} } },
      /'pad' must be of x, received "y"/,
    ],
    [
      'an unknown mask',
      { inputs: { x: {} }, pad: { x: { mask: 'm' } } },
      /'pad\.x\.mask' must be of x/,
    ],
    [
      'a mask of texts',
      { inputs: { x: {}, m: { type: 'string' } }, pad: { x: { mask: 'm' } } },
      /'pad\.x\.mask' must be an input of numbers/,
    ],
    [
      'an unknown shared output',
      { outputs: { y: {} }, shared: ['z'] },
      /'shared' must be of y, received "z"/,
    ],
    ['shared that is no list', { shared: 'y' }, /'shared' must be a list of names/],
    ['no batch sizes', { batchSizes: [] }, /'batchSizes' must be a list of integers of at least 1/],
    ['a batch size of 0', { batchSizes: [0] }, /'batchSizes' must be a list of integers/],
    ['larger batches', { batchSizes: [2, 4], maxBatchSize: 5 }, /'maxBatchSize' must be at most 4/],
    ['splitOnError that is no boolean', { splitOnError: 1 }, /'splitOnError' must be a boolean/],
    ['a wrong retry', { retry: { attempts: 0 } }, /'retry\.attempts' must be an integer/],
    ['a wrong option of Batcher', { concurrency: 0 }, /'concurrency' must be/],
  ])('refuse %s', (_, options, message) => {
    expect(() => echo(options as TensorBatcherOptions<Item>)).toThrow(message)
  })

  it('refuse a model that is no function', () => {
    expect(() => tensorBatcher({} as never)).toThrow(/'run' must be a function/)
  })

  it('pass on those of a Batcher', async () => {
    const { batcher, shapes } = echo({
      maxBatchSize: 2,
      name: 'echo',
      weight: { of: ({ x }) => (x as number[]).length, max: 4 },
    })
    await batcher.processAll(
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ].map((x) => ({ x })),
    )
    expect(shapes()).toEqual([{ x: [2, 2] }, { x: [1, 2] }])
    await expect(batcher.process({ x: [1, 2, 3, 4, 5] })).rejects.toThrow(RangeError)
    const small = echo({ batchSizes: [2, 4], maxBatchSize: 3 })
    await small.batcher.processAll([1, 2, 3, 4].map((x) => ({ x })))
    expect(small.shapes()).toEqual([{ x: [4] }, { x: [2] }])
  })
})
