/** jitney/onnx on the real runtime, with models made here. */
import { BatchError } from 'jitney'
import { onnxBatcher, type OnnxSession } from 'jitney/onnx'
import { type Tensor as BatchTensor, TensorError, type TensorLike } from 'jitney/tensor'
import { type InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'

import {
  arithmetic,
  embedding,
  fixedBatch,
  halves,
  identity,
  reducing,
  scaled,
  sessionOf,
} from './models.ts'
import type { ElementType } from './onnx-file.ts'

/** The session itself, with the shapes of what it was fed. */
function watched(session: InferenceSession): { session: OnnxSession; shapes: unknown[] } {
  const shapes: unknown[] = []
  const { inputNames, outputNames, inputMetadata, outputMetadata } = session
  return {
    shapes,
    session: {
      inputNames,
      outputNames,
      inputMetadata,
      outputMetadata,
      run: (feeds, fetches) => {
        const sizes = Object.entries(feeds).map(([name, { dims }]) => [name, dims])
        shapes.push(Object.fromEntries(sizes))
        return session.run(feeds as Record<string, Tensor>, fetches)
      },
    },
  }
}

const samples: { readonly [Type in ElementType]: readonly TensorLike[] } = {
  bool: [[[true, false]], [[false, false]]],
  int8: [[[-128, 127]], [[0, 1]]],
  int16: [[[-32768, 32767]], [[0, 1]]],
  int32: [[[-(2 ** 31), 2 ** 31 - 1]], [[0, 1]]],
  int64: [[[-(2n ** 63n), 2n ** 63n - 1n]], [[0n, 1]]],
  uint8: [[[0, 255]], Uint8Array.of(1, 2)],
  uint16: [[[0, 65535]], Uint16Array.of(1, 2)],
  uint32: [[[0, 2 ** 32 - 1]], Uint32Array.of(1, 2)],
  uint64: [[[0n, 2n ** 64n - 1n]], BigUint64Array.of(1n, 2n)],
  float16: [Uint16Array.of(0x3c00, 0x7bff), { data: Uint16Array.of(1, 2), dims: [1, 2] }],
  float32: [[[0.5, NaN]], new Tensor('float32', [1, -0], [1, 2])],
  float64: [[[Math.PI, Infinity]], new Tensor('float64', [1, 2], [1, 2])],
  string: [[['naïve', '']], [['日本', 'b']]],
}
const types = Object.keys(samples) as ElementType[]

describe('onnxBatcher() over onnxruntime', () => {
  it.each(types)('carries %s both ways, bit by bit', async (type) => {
    const { session, shapes } = watched(await sessionOf(identity(type)))
    const batcher = onnxBatcher<{ x: TensorLike }, { y: BatchTensor }>(session, Tensor)
    const items = [0, 1, 0].map((n) => ({ x: samples[type][n]! }))
    const settled = await batcher.processAllSettled(items)
    const seen = settled.map((one) =>
      one.status === 'rejected'
        ? String((one.reason as Error).cause)
        : { ...one.value.y, data: [...one.value.y.data] },
    )
    expect(shapes[0]).toEqual({ x: [3, 1, 2] })
    // Where JavaScript has its own, onnxruntime-node reads none: microsoft/onnxruntime#32323.
    const isUnread = type === 'float16' && 'Float16Array' in globalThis
    const expected = items.map(({ x }) =>
      isUnread
        ? 'Error: not enough space: expected 4, got 0'
        : { type, shape: [1, 2], data: elementsOf(x, type) },
    )
    expect(seen).toEqual(expected)
  })

  it('gives float16 as bits, whatever the runtime has for it', async () => {
    const batcher = onnxBatcher<{ x: TensorLike }, { y: BatchTensor<'float16'> }>(
      await sessionOf(halves),
      Tensor,
    )
    const results = await batcher.processAll([{ x: [1, -2] }, { x: [0.5, 65_504] }])
    expect(results.map(({ y }) => y.data)).toEqual([
      Uint16Array.of(0x3c00, 0xc000),
      Uint16Array.of(0x3800, 0x7bff),
    ])
  })

  it('runs several inputs and outputs of several types in one batch', async () => {
    const { session, shapes } = watched(await sessionOf(arithmetic))
    const batcher = onnxBatcher(session, Tensor)
    const results = await batcher.processAll(
      [1, 2, 3].map((n) => ({
        a: [n, n, n],
        b: Float32Array.of(1, 2, 3),
        count: BigInt(n),
        text: `text ${n}`,
      })),
    )
    expect(shapes).toEqual([{ a: [3, 3], b: [3, 3], count: [3], text: [3] }])
    expect(results[1]).toEqual({
      product: { type: 'float32', shape: [3], data: Float32Array.of(2, 4, 6) },
      larger: { type: 'bool', shape: [3], data: Uint8Array.of(1, 0, 0) },
      next: { type: 'int64', shape: [], data: BigInt64Array.of(3n) },
      same: { type: 'string', shape: [], data: ['text 2'] },
    })
  })

  it('pads ragged inputs by a mask, so that each result is as if alone', async () => {
    const { session, shapes } = watched(await sessionOf(embedding))
    const options = { pad: { ids: { mask: 'mask' } } }
    const items = [{ ids: [1, 2, 3] }, { ids: [4] }, { ids: BigInt64Array.of(9n, 5n) }]
    const results = await onnxBatcher(session, Tensor, options).processAll(items)
    expect(shapes).toEqual([{ ids: [3, 3], mask: [3, 3] }])
    expect(results.map(({ mean }) => [...mean!.data])).toEqual([
      [2, 20],
      [4, 40],
      [7, 70],
    ])
    expect(results.map(({ words }) => words?.shape)).toEqual([
      [3, 2],
      [1, 2],
      [2, 2],
    ])

    const alone = onnxBatcher(session, Tensor, { ...options, maxBatchSize: 1 })
    expect(await alone.processAll(items)).toEqual(results)
  })

  it('keeps ragged inputs apart by their shapes where nothing is padded', async () => {
    const { session, shapes } = watched(await sessionOf(identity('int32')))
    const batcher = onnxBatcher(session, Tensor)
    const lengths = [1, 2, 1, 0, 2]
    const items = lengths.map((length) => ({ x: new Int32Array(2 * length).fill(length) }))
    const results = await batcher.processAll(items)
    expect(shapes).toEqual([{ x: [2, 1, 2] }, { x: [2, 2, 2] }, { x: [1, 0, 2] }])
    expect(results.map(({ y }) => y?.data)).toEqual(items.map(({ x }) => x))
  })

  it('fails only the caller whose input the model throws for', async () => {
    const { session, shapes } = watched(await sessionOf(embedding))
    const batcher = onnxBatcher(session, Tensor, { pad: { ids: { mask: 'mask' } } })
    const ids = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => (n === 5 ? 99 : n))
    const settled = await batcher.processAllSettled(ids.map((id) => ({ ids: [id] })))
    const values = settled.map((one) =>
      one.status === 'fulfilled' ? one.value.mean?.data[0] : one,
    )
    expect(values.toSpliced(5, 1)).toEqual([0, 1, 2, 3, 4, 6, 7])
    const { reason } = settled[5] as PromiseRejectedResult
    expect(reason).toBeInstanceOf(BatchError)
    expect(String((reason as Error).cause)).toMatch(/indices element out of data bounds, idx=99/)
    expect(shapes.length).toBeLessThanOrEqual(1 + 2 * Math.log2(ids.length))
  })

  it('refuses what the model would not take, without running it', async () => {
    const { session, shapes } = watched(await sessionOf(arithmetic))
    const batcher = onnxBatcher(session, Tensor)
    const right = { a: [1, 2, 3], b: [1, 2, 3], count: 1, text: 'a' }
    const wrong = [
      { ...right, a: [1, 2] },
      { ...right, b: Float64Array.of(1, 2, 3) },
      { ...right, count: 0.5 },
      { ...right, d: 1 },
      { a: right.a, b: right.b, count: 1 },
    ] as (typeof right)[]
    const settled = await batcher.processAllSettled(wrong)
    expect(settled.map((one) => ((one as PromiseRejectedResult).reason as Error).message)).toEqual([
      "Cannot stack items: input 'a' must be float32 of shape [3], received float32 of shape [2]",
      "Cannot stack items: input 'b' must be float32 of shape [3], received float64 of shape [3]",
      "Cannot stack items: input 'count' must be elements of int64, received 0.5",
      "Cannot stack items: input 'd' must be one of a, b, count, text, received another name",
      "Cannot stack items: input 'text' must be string of shape [], received nothing",
    ])
    expect(shapes).toEqual([])
    expect((await batcher.process(right)).product?.data).toEqual(Float32Array.of(1, 4, 9))
  })

  it('fills batches up to the one size that a model takes', async () => {
    const { session, shapes } = watched(await sessionOf(fixedBatch))
    const batcher = onnxBatcher(session, Tensor)
    expect(batcher.maxBatchSize).toBe(4)
    const results = await batcher.processAll([1, 2, 3, 4, 5].map((n) => ({ x: [n, 0] })))
    expect(shapes).toEqual([{ x: [4, 2] }, { x: [4, 2] }])
    expect(results.map(({ y }) => y?.data[0])).toEqual([-1, -2, -3, -4, -5])
  })

  it('hands constants over as they are, and shares outputs without a batch dimension', async () => {
    const { session, shapes } = watched(await sessionOf(scaled))
    expect(() => onnxBatcher(session, Tensor)).toThrow(/'constants' must be named with 'factor'/)
    expect(() => onnxBatcher(session, Tensor, { constants: { factor: 2 } })).toThrow(
      /'shared' must be named with 'used'/,
    )
    const options = { constants: { factor: 2 }, shared: ['used'] }
    const [one, other] = await onnxBatcher(session, Tensor, options).processAll([
      { x: [1, 2] },
      { x: [3, 4] },
    ])
    expect(shapes).toEqual([{ factor: [], x: [2, 2] }])
    expect([one?.y?.data, other?.y?.data]).toEqual([Float32Array.of(2, 4), Float32Array.of(6, 8)])
    expect(one?.used).toBe(other?.used)
    expect(one?.used).toEqual({ type: 'float32', shape: [], data: Float32Array.of(2) })
    const without = onnxBatcher(session, Tensor, { constants: { factor: 2 }, outputs: ['y'] })
    expect(Object.keys(await without.process({ x: [1, 2] }))).toEqual(['y'])
  })

  it('rejects all when an output has no row for each, and says so', async () => {
    const { session, shapes } = watched(await sessionOf(reducing))
    const batcher = onnxBatcher(session, Tensor)
    const settled = await batcher.processAllSettled([{ x: [1, 2, 3] }, { x: [4, 5, 6] }])
    const errors = settled.map((one) => (one as PromiseRejectedResult).reason as TensorError)
    for (const error of errors) {
      expect(error).toBeInstanceOf(TensorError)
      expect(error).toMatchObject({ code: 'JITNEY_WRONG_OUTPUT', tensor: 'y' })
      expect(error.message).toMatch(
        /with 2 rows, or named in 'shared', received float32 of shape \[3\]/,
      )
    }
    expect(shapes).toHaveLength(1)
  })

  it('tells that a session was released, and lets others go on', async () => {
    const session = await sessionOf(fixedBatch)
    const batcher = onnxBatcher(session, Tensor)
    await batcher.process({ x: [1, 2] })
    await session.release()
    await expect(batcher.process({ x: [1, 2] })).rejects.toBeInstanceOf(BatchError)
  })

  it('settles every caller by its own fate under poison, wrong items and aborts', async () => {
    const batcher = onnxBatcher<{ ids: number[] }>(await sessionOf(embedding), Tensor, {
      pad: { ids: { mask: 'mask' } },
      outputs: ['mean'],
      maxBatchSize: 32,
    })
    const enough = new Error('enough')
    const fateOf = (n: number): string => ['poison', 'wrong', 'aborted'][(n * 7919) % 31] ?? 'fine'
    const ids = { poison: [1, 99], wrong: [0.5] } as Readonly<Record<string, number[]>>
    const calls = Array.from({ length: 3000 }, async (_, n) => {
      const fate = fateOf(n)
      const controller = new AbortController()
      const fine = Array<number>(1 + (n % 5)).fill(n % 10)
      const call = batcher.process({ ids: ids[fate] ?? fine }, { signal: controller.signal })
      if (fate === 'aborted') controller.abort(enough)
      return await call
    })
    const settled = await Promise.allSettled(calls)
    const seen = settled.map((one) => {
      if (one.status === 'fulfilled') return one.value.mean?.data[0]
      const { reason } = one as { reason: unknown }
      if (reason === enough) return 'aborted'
      if (reason instanceof TensorError) return 'wrong'
      return reason instanceof BatchError ? 'poison' : reason
    })
    const expected = settled.map((_, n) => (fateOf(n) === 'fine' ? n % 10 : fateOf(n)))
    expect(seen).toEqual(expected)
    expect(new Set(expected).size).toBe(13)
    await batcher.close()
    expect(batcher.stats()).toMatchObject({ queued: 0, active: 0, abandoned: 0 })
  })

  it('gives every one of thousands of callers its own result, several batches at once', async () => {
    const session = await sessionOf(embedding)
    const batcher = onnxBatcher(session, Tensor, {
      pad: { ids: { mask: 'mask' } },
      maxBatchSize: 64,
      concurrency: 3,
    })
    const items = Array.from({ length: 5000 }, (_, n) => ({
      ids: Array.from({ length: 1 + (n % 7) }, (_one, at) => (n + at) % 10),
    }))
    const results = await batcher.processAll(items)
    for (const [n, { ids }] of items.entries()) {
      expect([...results[n]!.words!.data]).toEqual(ids.flatMap((id) => [id, 10 * id]))
    }
    expect(batcher.stats().batches).toBeLessThan(200)
    await batcher.close()
  })
})

/** What a flat array of the type would hold. */
function elementsOf(value: TensorLike, type: ElementType): unknown[] {
  const { data = value } = value as { data?: unknown }
  const flat = Array.isArray(data) ? data.flat() : [...(data as Iterable<unknown>)]
  if (type === 'bool') return flat.map(Number)
  return type === 'int64' || type === 'uint64' ? flat.map((one) => BigInt(one as number)) : flat
}
