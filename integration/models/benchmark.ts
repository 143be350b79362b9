/**
 * What batching gains: rows per second of a model of two matrix products, each row a call of its own
 * or through `onnxBatcher`, side by side. `npm run bench` in this folder, after a build.
 *
 * Without batching there are two ways, one call after the other and all at once; the better one
 * counts. Rounds alternate, and the median of their ratios is shown: other programs on the machine
 * slow both sides.
 */
import { cpus } from 'node:os'

import { onnxBatcher } from 'jitney/onnx'
import type { Tensor as BatchTensor } from 'jitney/tensor'
import { type InferenceSession, Tensor } from 'onnxruntime-node'

import { sessionOf } from './models.ts'

const maxBatchSize = 128
const roundCount = Number(process.argv[2] ?? 7)
const widths = [64, 256, 512, 1024, 2048]

type Run = (rows: readonly Float32Array[]) => Promise<number>

/** A layer of ReLU between two products of `width` by `width`. */
async function model(width: number): Promise<InferenceSession> {
  const weights = () => ({
    shape: [width, width],
    data: Float32Array.from({ length: width * width }, (_, n) => Math.sin(n) / width),
  })
  return await sessionOf({
    inputs: { x: { type: 'float32', shape: ['batch', width] } },
    outputs: { y: { type: 'float32', shape: ['batch', width] } },
    nodes: [
      { operation: 'MatMul', inputs: ['x', 'first'], outputs: ['a'] },
      { operation: 'Relu', inputs: ['a'], outputs: ['b'] },
      { operation: 'MatMul', inputs: ['b', 'second'], outputs: ['y'] },
    ],
    weights: { first: weights(), second: weights() },
  })
}

/** Milliseconds per row. The sums say that all ways have computed the same. */
function timed(
  run: Run,
): (rows: readonly Float32Array[]) => Promise<{ time: number; sum: number }> {
  return async (rows) => {
    const start = process.cpuUsage()
    const sum = await run(rows)
    const { user, system } = process.cpuUsage(start)
    return { time: (user + system) / 1000 / rows.length, sum }
  }
}

function waysOf(session: InferenceSession, width: number) {
  const single = async (row: Float32Array): Promise<number> => {
    const { y } = await session.run({ x: new Tensor('float32', row, [1, width]) })
    return (y!.data as Float32Array)[0]!
  }
  const batcher = onnxBatcher<{ x: Float32Array }, { y: BatchTensor<'float32'> }>(session, Tensor, {
    maxBatchSize,
  })
  const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0)
  return {
    inTurn: timed(async (rows) => {
      const firsts: number[] = []
      for (const row of rows) firsts.push(await single(row))
      return total(firsts)
    }),
    atOnce: timed(async (rows) => total(await Promise.all(rows.map(single)))),
    batched: timed(async (rows) => {
      const results = await Promise.all(rows.map((x) => batcher.process({ x })))
      return total(results.map(({ y }) => y.data[0]!))
    }),
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!
}

const [{ model: cpu = 'unknown' } = {}] = cpus()
console.log(
  `Node ${process.versions.node}, ${cpu}, ${cpus().length} cores, batches of ${maxBatchSize}`,
)
console.log('width  alone, us  batched, us  gain (median, least, most)')
for (const width of widths) {
  const session = await model(width)
  const ways = waysOf(session, width)
  const count = maxBatchSize * (width > 1000 ? 4 : 16)
  const rows = Array.from({ length: count }, (_, n) =>
    Float32Array.from({ length: width }, (_one, at) => Math.cos(n + at)),
  )
  const rounds: { alone: number; batched: number }[] = []
  for (let round = -1; round < roundCount; round += 1) {
    const inTurn = await ways.inTurn(rows)
    const atOnce = await ways.atOnce(rows)
    const batched = await ways.batched(rows)
    if (Math.abs(batched.sum - inTurn.sum) > 1e-3 * Math.abs(inTurn.sum) + 1e-3) {
      throw new Error(`Cannot compare: the sums are ${inTurn.sum} and ${batched.sum}`)
    }
    const alone = Math.min(inTurn.time, atOnce.time)
    if (round >= 0) rounds.push({ alone, batched: batched.time })
  }
  const gains = rounds.map(({ alone, batched }) => alone / batched)
  const figures = [
    ...[median(rounds.map(({ alone }) => alone)), median(rounds.map(({ batched }) => batched))].map(
      (time) => (time * 1000).toFixed(1),
    ),
    [median(gains), Math.min(...gains), Math.max(...gains)]
      .map((gain) => gain.toFixed(1))
      .join('  '),
  ]
  console.log([String(width).padEnd(5), ...figures].join('  '.padEnd(6)))
  await session.release()
}
