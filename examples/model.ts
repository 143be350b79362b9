// A model in Python serves predictions: a program of 15 lines, started once,
// gets one line per batch. What cannot be written as JSON fails alone.
import { fileURLToPath } from 'node:url'
import { Batcher } from 'jitney'
import { processBatch } from 'jitney/worker'

const program = fileURLToPath(new URL('model.py', import.meta.url))
const predict = processBatch<number, number>(['python3', '-W', 'ignore', program])
const predictions = new Batcher(predict, { concurrency: predict.size })

await predict.warmUp([1])
const xs = Array.from({ length: 300 }, (_, x) => x)
const ys = await predictions.processAll(xs)
console.log(`f(0) = ${ys[0]}, f(10) = ${ys[10]}, f(299) = ${ys[299]}`)

const failed = await predictions.processAllSettled([10n as never, 20])
for (const one of failed) console.log(one.status === 'fulfilled' ? one.value : one.reason.code)

const { batches, items, starts } = predict.stats()
console.log(`${items} predictions, ${batches} batches, ${starts} process`)

await predictions.close()
await predict.close()

// Output:
// f(0) = 1, f(10) = 21, f(299) = 599
// JITNEY_ITEM_NOT_SENDABLE
// 41
// 301 predictions, 4 batches, 1 process
