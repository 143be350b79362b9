// An ONNX model behind single requests: each caller hands over a text of its own length and gets its
// own answer, while the model runs once for many. What is shorter is padded, a mask tells where it
// ends, and a word that the model does not know fails its own text alone.
import { onnxBatcher } from 'jitney/onnx'
import type { Tensor as BatchTensor } from 'jitney/tensor'
import { InferenceSession, Tensor } from 'onnxruntime-node'

import { embedding } from '../models.ts'
import { onnxFile } from '../onnx-file.ts'

interface Text {
  ids: number[]
}
interface Answer {
  mean: BatchTensor<'float32'>
}

// Yours is a file: InferenceSession.create('model.onnx').
const session = await InferenceSession.create(onnxFile(embedding))
const model = onnxBatcher<Text, Answer>(session, Tensor, {
  maxBatchSize: 64,
  pad: { ids: { value: 0, mask: 'mask' } },
})

const texts = Array.from({ length: 1000 }, (_, n) => ({
  ids: Array.from({ length: 1 + (n % 5) }, (_word, at) => (n + at) % 10),
}))
const answers = await Promise.all(texts.map((text) => model.process(text)))
for (const n of [0, 1, 7]) {
  console.log(`the words ${texts[n]?.ids.join(', ')} mean ${answers[n]?.mean.data.join(', ')}`)
}
const { batches, items } = model.stats()
console.log(`${items} texts in ${batches} runs`)

const settled = await model.processAllSettled([{ ids: [1, 2] }, { ids: [99] }, { ids: [3] }])
console.log(settled.map(({ status }) => status).join(', '))

await model.process({ ids: [1.5] }).catch((error: Error) => console.log(error.message))
await model.close()

// Output:
// the words 0 mean 0, 0
// the words 1, 2 mean 1.5, 15
// the words 7, 8, 9 mean 8, 80
// 1000 texts in 16 runs
// fulfilled, rejected, fulfilled
// Cannot stack items: input 'ids' must be elements of int64, received 1.5
