/** The types of this package beside those of onnxruntime: the compiler is the test. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { onnxBatcher, type OnnxSession, type OnnxTensorConstructor } from 'jitney/onnx'
import type { Tensor as BatchTensor, TensorLike } from 'jitney/tensor'
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-node'
import { expect, expectTypeOf, it } from 'vitest'

it('takes the session and the tensors of onnxruntime as they are', () => {
  expectTypeOf<InferenceSession>().toExtend<OnnxSession>()
  expectTypeOf<typeof Tensor>().toExtend<OnnxTensorConstructor>()
  expectTypeOf<Tensor>().toExtend<TensorLike>()
  expectTypeOf<TypedTensor<'string'>>().toExtend<TensorLike>()
  expectTypeOf<BatchTensor>().toExtend<TensorLike>()
  expectTypeOf<BatchTensor<'int64'>['data']>().toEqualTypeOf<TypedTensor<'int64'>['data']>()
  expectTypeOf(onnxBatcher<{ x: TypedTensor<'float32'> }>)
    .parameter(0)
    .toEqualTypeOf<OnnxSession>()

  const folder = import.meta.dirname
  const compiler = join(folder, '../../node_modules/.bin/tsc')
  // Of the built package, as users have it: under no condition of ours.
  const parameters = ['--project', folder, '--customConditions', 'none']
  const { stdout } = spawnSync(compiler, parameters, { encoding: 'utf8' })
  expect(stdout).toBe('')
})
