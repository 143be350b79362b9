/** jitney/tensor over TensorFlow.js, in plain JavaScript. */
import * as tf from '@tensorflow/tfjs'
import { BatchError } from 'jitney'
import { type Tensor, tensorBatcher, type TensorBatcherOptions } from 'jitney/tensor'
import { describe, expect, it } from 'vitest'

interface Item {
  words: readonly number[]
  scale: number
}
interface Result {
  embedded: Tensor<'float32'>
  longest: Tensor<'bool'>
  sum: Tensor<'int32'>
}

const table = tf.tensor2d([
  [0, 0],
  [1, -1],
  [2, -2],
  [3, -3],
])
const runs: number[][] = []

const options: TensorBatcherOptions<Item> = {
  inputs: {
    words: { type: 'int32', shape: ['length'] },
    scale: { type: 'float32', shape: [] },
    mask: { type: 'int32' },
  },
  outputs: { embedded: { shape: ['length', 2] }, longest: {}, sum: {} },
  pad: { words: { mask: 'mask' } },
}

const model = () =>
  tensorBatcher<Item, Result>(async ({ words, scale, mask }) => {
    runs.push([...words.shape])
    // Of what lies outside the table TensorFlow.js would make NaN in silence.
    if ((words.data as Int32Array).some((word) => word > 3)) throw new RangeError('no such word')
    const tensors = tf.tidy(() => {
      const ids = tf.tensor2d(words.data as Int32Array, words.shape as [number, number], 'int32')
      const present = tf.tensor2d(
        mask!.data as Int32Array,
        mask!.shape as [number, number],
        'int32',
      )
      const factors = tf.tensor(scale.data as Float32Array, [scale.shape[0]!, 1, 1])
      return {
        embedded: tf.mul(tf.gather(table, ids), factors),
        longest: tf.equal(tf.sum(present, 1), words.shape[1]!),
        sum: tf.sum(tf.mul(ids, present), 1),
      }
    })
    const outputs = Object.entries(tensors).map(async ([name, tensor]) => {
      const { dtype: type, shape } = tensor
      return [name, { type, shape, data: await tensor.data() }] as const
    })
    const given = Object.fromEntries(await Promise.all(outputs))
    tf.dispose(tensors)
    return given
  }, options)

describe('tensorBatcher() over TensorFlow.js', () => {
  it('runs ragged inputs, several types and several outputs in one batch', async () => {
    runs.length = 0
    const results = await model().processAll([
      { words: [1, 2, 3], scale: 1 },
      { words: [2], scale: 0.5 },
    ])
    expect(runs).toEqual([[2, 3]])
    expect(results).toEqual([
      {
        embedded: { type: 'float32', shape: [3, 2], data: Float32Array.of(1, -1, 2, -2, 3, -3) },
        longest: { type: 'bool', shape: [], data: Uint8Array.of(1) },
        sum: { type: 'int32', shape: [], data: Int32Array.of(6) },
      },
      {
        embedded: { type: 'float32', shape: [1, 2], data: Float32Array.of(1, -1) },
        longest: { type: 'bool', shape: [], data: Uint8Array.of(0) },
        sum: { type: 'int32', shape: [], data: Int32Array.of(2) },
      },
    ])
  })

  it('fails only the caller whose input the model throws for', async () => {
    const items = [1, 2, 9, 3].map((word) => ({ words: [word], scale: 1 }))
    const settled = await model().processAllSettled(items)
    const sums = settled.map((one) =>
      one.status === 'fulfilled' ? one.value.sum.data[0] : one.reason,
    )
    expect(sums.toSpliced(2, 1)).toEqual([1, 2, 3])
    expect(sums[2]).toBeInstanceOf(BatchError)
    expect((sums[2] as Error).cause).toBeInstanceOf(RangeError)
  })
})
