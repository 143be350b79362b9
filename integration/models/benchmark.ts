/**
 * What batching gains: rows of a model each in a run of its own, or through `onnxBatcher`, side by
 * side. `npm run bench` in this folder, after a build at the root.
 *
 * The cost is CPU time of the whole process per row, as in bench/: other programs on the machine do
 * not count. ONNX Runtime computes with one thread, as one that waits for others burns time. Without
 * batching there are two ways, one run after the other and all at once; the cheaper one counts.
 * Rounds alternate, and the median of their ratios is shown.
 */
import { cpus } from 'node:os'

import { onnxBatcher } from 'jitney/onnx'
import type { Tensor as BatchTensor } from 'jitney/tensor'
import { type InferenceSession, Tensor } from 'onnxruntime-node'

import { sessionOf } from './models.ts'

const maxBatchSize = 256
/** Each awaits its answer before it asks again. */
const callerCount = 2 * maxBatchSize
const roundCount = Number(process.argv[2] ?? 5)

/** As many products of `width` by `width`, with a ReLU after each. */
interface Size {
  readonly width: number
  readonly layers: number
}

const small: Size = { width: 32, layers: 16 }
const medium: Size = { width: 1024, layers: 2 }
const large: Size = { width: 4096, layers: 2 }

type Run = (rows: readonly Float32Array[]) => Promise<number>

async function model({ width, layers }: Size): Promise<InferenceSession> {
  const numbers = Array.from({ length: layers }, (_, n) => n)
  const value = (n: number): string => (n === 0 ? 'x' : n === layers ? 'y' : `value ${n}`)
  return await sessionOf({
    inputs: { x: { type: 'float32', shape: ['batch', width] } },
    outputs: { y: { type: 'float32', shape: ['batch', width] } },
    nodes: numbers.flatMap((n) => [
      { operation: 'MatMul', inputs: [value(n), `weights ${n}`], outputs: [`product ${n}`] },
      { operation: 'Relu', inputs: [`product ${n}`], outputs: [value(n + 1)] },
    ]),
    weights: Object.fromEntries(
      numbers.map((n) => [`weights ${n}`, { shape: [width, width], data: weights(width, n) }]),
    ),
  })
}

function weights(width: number, seed: number): Float32Array {
  return Float32Array.from({ length: width * width }, (_, at) => Math.sin(at + seed) / 8)
}

/** Microseconds per row. The sums say that all ways have computed the same. */
function timed(
  run: Run,
): (rows: readonly Float32Array[]) => Promise<{ time: number; sum: number }> {
  return async (rows) => {
    const start = process.cpuUsage()
    const sum = await run(rows)
    const { user, system } = process.cpuUsage(start)
    return { time: (user + system) / rows.length, sum }
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
    atOnce: timed(async (rows) => total(await callersOf(rows, single))),
    batched: timed(async (rows) => {
      return total(await callersOf(rows, async (x) => (await batcher.process({ x })).y.data[0]!))
    }),
  }
}

async function callersOf(
  rows: readonly Float32Array[],
  call: (row: Float32Array) => Promise<number>,
): Promise<readonly number[]> {
  const firsts: number[] = []
  const left = rows.entries()
  const caller = async (): Promise<void> => {
    for (const [n, row] of left) firsts[n] = await call(row)
  }
  await Promise.all(Array.from({ length: callerCount }, caller))
  return firsts
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]!
}

const cpu = cpus()[0]?.model ?? 'unknown'
console.log(
  `Node ${process.versions.node}, ${cpu}, ${cpus().length} cores, batches of ${maxBatchSize}`,
)
console.log('model               alone, us  batched, us  gain (median, least, most)')
for (const size of [small, medium, large]) {
  const session = await model(size)
  const ways = waysOf(session, size.width)
  const count = maxBatchSize * (size === small ? 60 : size === medium ? 4 : 2)
  const rows = Array.from({ length: count }, (_, n) =>
    Float32Array.from({ length: size.width }, (_one, at) => Math.cos(n + at)),
  )
  const rounds: { alone: number; batched: number }[] = []
  for (let round = -1; round < roundCount; round += 1) {
    const inTurn = await ways.inTurn(rows)
    const atOnce = await ways.atOnce(rows)
    const batched = await ways.batched(rows)
    if (Math.abs(batched.sum - inTurn.sum) > 1e-3 * Math.abs(inTurn.sum)) {
      throw new Error(`Cannot compare: the sums are ${inTurn.sum} and ${batched.sum}`)
    }
    // The first is there to warm up.
    if (round >= 0)
      rounds.push({ alone: Math.min(inTurn.time, atOnce.time), batched: batched.time })
  }
  const gains = rounds.map(({ alone, batched }) => alone / batched)
  const figures = [
    `${size.layers} layers of ${size.width}`.padEnd(18),
    median(rounds.map(({ alone }) => alone))
      .toFixed(1)
      .padStart(9),
    median(rounds.map(({ batched }) => batched))
      .toFixed(1)
      .padStart(11),
    [median(gains), Math.min(...gains), Math.max(...gains)]
      .map((gain) => gain.toFixed(1))
      .join(', '),
  ]
  console.log(figures.join('  '))
  await session.release()
}
