// A TensorFlow.js model behind single requests, on the same piece as the ONNX one: two layers, made
// here. Each caller hands over four numbers and gets three, the model predicts for all at once.
import * as tf from '@tensorflow/tfjs'
import { type Tensor, tensorBatcher } from 'jitney/tensor'

const model = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [4], units: 8, activation: 'relu', kernelInitializer: 'ones' }),
    tf.layers.dense({ units: 3, kernelInitializer: 'ones', biasInitializer: 'ones' }),
  ],
})

const predictions = tensorBatcher<{ x: readonly number[] }, { y: Tensor<'float32'> }>(
  async ({ x }) => {
    const input = tf.tensor(x.data as Float32Array, [...x.shape], 'float32')
    const output = model.predict(input) as tf.Tensor
    const y = { data: (await output.data()) as Float32Array, shape: output.shape }
    tf.dispose([input, output])
    return { y }
  },
  { inputs: { x: { type: 'float32', shape: [4] } }, maxBatchSize: 128 },
)

const items = Array.from({ length: 1000 }, (_, n) => ({ x: [n, 1, 1, 1] }))
const results = await Promise.all(items.map((item) => predictions.process(item)))
for (const n of [0, 1, 999])
  console.log(`${items[n]?.x.join(', ')}: ${results[n]?.y.data.join(', ')}`)

const { batches } = predictions.stats()
console.log(
  `${items.length} predictions in ${batches} runs, ${tf.memory().numTensors} tensors left`,
)

await predictions.process({ x: [1, 2] }).catch((error: Error) => console.log(error.message))
await predictions.close()

// Output:
// 0, 1, 1, 1: 25, 25, 25
// 1, 1, 1, 1: 33, 33, 33
// 999, 1, 1, 1: 8017, 8017, 8017
// 1000 predictions in 8 runs, 4 tensors left
// Cannot stack items: input 'x' must be float32 of shape [4], received float32 of shape [2]
