import { onnxBatcher, type OnnxBatcherOptions } from 'jitney/onnx'
import type { Tensor as BatchTensor } from 'jitney/tensor'
import { conformance } from 'jitney/testing'
import { Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'

import { embedding, sessionOf } from './models.ts'

interface Item {
  ids: number[]
  mask?: number[]
}
interface Result {
  mean: BatchTensor<'float32'>
}

interface Subject {
  readonly name: string
  /** The number of words that the model takes, or a name for any. */
  readonly length: number | string
  readonly options: OnnxBatcherOptions<Item>
  readonly itemOf: (ids: number[]) => Item
  readonly oversizeItem: Item | 'not applicable'
}

const padded = (ids: number[]): Item => ({ ids })
const masked = (ids: number[]): Item => ({ ids, mask: ids.map(() => 1) })
const nineWords = [1, 2, 3, 4, 5, 6, 7, 8, 9]

const subjects: readonly Subject[] = [
  {
    name: 'padded to the longest',
    length: 'length',
    options: { pad: { ids: { mask: 'mask' } } },
    itemOf: padded,
    oversizeItem: 'not applicable',
  },
  {
    name: "padded to the model's own length",
    length: 8,
    options: { pad: { ids: { mask: 'mask' } }, concurrency: 2 },
    itemOf: padded,
    oversizeItem: padded(nineWords),
  },
  {
    name: 'grouped by shape',
    length: 'length',
    options: { batchSizes: [1, 4, 16] },
    itemOf: masked,
    oversizeItem: 'not applicable',
  },
]

describe.each(subjects)('onnxBatcher(), $name, conforms', (subject) => {
  const { length, options, itemOf, oversizeItem } = subject
  const cases = conformance<Item, Result>({
    start: async () => {
      const session = await sessionOf({
        ...embedding,
        inputs: {
          ids: { type: 'int64', shape: ['batch', length] },
          mask: { type: 'float32', shape: ['batch', length] },
        },
      })
      return {
        processor: onnxBatcher<Item, Result>(session, Tensor, { outputs: ['mean'], ...options }),
        end: async () => await session.release(),
      }
    },
    item: (n) => itemOf(Array<number>(1 + (n % 8)).fill(n % 10)),
    result: (n) => ({
      mean: { type: 'float32', shape: [2], data: Float32Array.of(n % 10, 10 * (n % 10)) },
    }),
    failingItem: itemOf([99]),
    oversizeItem,
    missing: 'not applicable',
    unprocessed: 'not applicable',
    shuffled: 'not applicable',
    outage: 'not applicable',
    slowItem: 'not applicable',
  })

  it.each(cases)('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined()
  })
})
