import { onnxBatcher } from 'jitney/onnx'
import type { Tensor as BatchTensor } from 'jitney/tensor'
import { conformance } from 'jitney/testing'
import { Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'

import { embedding, sessionOf } from './models.ts'

interface Item {
  ids: number[]
}
interface Result {
  mean: BatchTensor<'float32'>
}

const session = await sessionOf({
  ...embedding,
  inputs: {
    ids: { type: 'int64', shape: ['batch', 8] },
    mask: { type: 'float32', shape: ['batch', 8] },
  },
})

const cases = conformance<Item, Result>({
  start: () => ({
    processor: onnxBatcher<Item, Result>(session, Tensor, {
      outputs: ['mean'],
      pad: { ids: { mask: 'mask' } },
    }),
    end: () => {},
  }),
  item: (n) => ({ ids: Array<number>(1 + (n % 8)).fill(n % 10) }),
  result: (n) => ({
    mean: { type: 'float32', shape: [2], data: Float32Array.of(n % 10, 10 * (n % 10)) },
  }),
  failingItem: { ids: [99] },
  oversizeItem: { ids: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
  missing: 'not applicable',
  shuffled: 'not applicable',
  outage: 'not applicable',
  slowItem: 'not applicable',
})

describe('onnxBatcher() conforms', () => {
  it.each(cases.map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    await expect(run()).resolves.toBeUndefined()
  })
})
