import { describe, expect, it } from 'vitest'

import { setUpThreads } from './programs.ts'

const filled = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(1)
const lengths = (views: readonly (ArrayBufferView | ArrayBuffer)[]): number[] =>
  views.map(({ byteLength }) => byteLength)

describe('threadBatch() with buffers', () => {
  it('moves those that are an item, a field or an element, and moves them back', async () => {
    const { batcher, end } = setUpThreads<unknown, unknown>('moving')
    const own = filled(10)
    const { buffer: bare } = filled(20)
    const field = new Float64Array(4)
    const element = filled(40)
    const view = new DataView(new ArrayBuffer(50))
    const items = [own, bare, { field, name: 'f' }, [element, 'e'], view]
    const answers = await batcher.processAll(items)
    expect(lengths([own, bare as ArrayBuffer, field, element])).toEqual([0, 0, 0, 0])
    expect(view.buffer.byteLength).toBe(0)
    expect(answers).toEqual([
      filled(10),
      filled(20).buffer,
      { field: new Float64Array(4), name: 'f' },
      [filled(40), 'e'],
      new DataView(new ArrayBuffer(50)),
    ])
    expect(await batcher.process('before')).toEqual([0, 0, 0, 0, 0])
    await end()
  })

  it('moves a buffer once that several items share', async () => {
    const { batcher, end } = setUpThreads<unknown, unknown>('moving')
    const shared = filled(10)
    const answers = await batcher.processAll([shared, { shared }, shared])
    expect(answers).toEqual([filled(10), { shared: filled(10) }, filled(10)])
    expect(shared.byteLength).toBe(0)
    await end()
  })

  it('copies what is a part of a larger buffer, lies deeper, or is shared between threads', async () => {
    const { batcher, end } = setUpThreads<unknown, unknown>('moving')
    const part = filled(100).subarray(10, 20)
    const deep = filled(10)
    const common = new Uint8Array(new SharedArrayBuffer(10)).fill(1)
    const answers = await batcher.processAll([part, { in: { deep } }, common, new Uint8Array(0)])
    expect(answers).toEqual([filled(10), { in: { deep: filled(10) } }, common, new Uint8Array(0)])
    expect(lengths([part, deep, common])).toEqual([10, 10, 10])
    await end()
  })
})
