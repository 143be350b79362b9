/** Small models, made for the tests. */
import { InferenceSession } from 'onnxruntime-node'

import { type ElementType, type Graph, onnxFile } from './onnx-file.ts'

export async function sessionOf(graph: Graph): Promise<InferenceSession> {
  return await InferenceSession.create(onnxFile(graph), { intraOpNumThreads: 1 })
}

/** Gives back its input, of shape [batch, n, 2]. */
export const identity = (type: ElementType): Graph => ({
  inputs: { x: { type, shape: ['batch', 'n', 2] } },
  outputs: { y: { type, shape: ['batch', 'n', 2] } },
  nodes: [{ operation: 'Identity', inputs: ['x'], outputs: ['y'] }],
})

/** Several inputs and outputs of several types: the product, the sum, whether a is larger, the text. */
export const arithmetic: Graph = {
  inputs: {
    a: { type: 'float32', shape: ['batch', 3] },
    b: { type: 'float32', shape: ['batch', 3] },
    count: { type: 'int64', shape: ['batch'] },
    text: { type: 'string', shape: ['batch'] },
  },
  outputs: {
    product: { type: 'float32', shape: ['batch', 3] },
    larger: { type: 'bool', shape: ['batch', 3] },
    next: { type: 'int64', shape: ['batch'] },
    same: { type: 'string', shape: ['batch'] },
  },
  nodes: [
    { operation: 'Mul', inputs: ['a', 'b'], outputs: ['product'] },
    { operation: 'Greater', inputs: ['a', 'b'], outputs: ['larger'] },
    { operation: 'Add', inputs: ['count', 'one'], outputs: ['next'] },
    { operation: 'Identity', inputs: ['text'], outputs: ['same'] },
  ],
  weights: { one: { shape: [1], data: BigInt64Array.of(1n) } },
}

/** Looks words up in a table of ten, which fails for others; the mean counts what the mask says. */
export const embedding: Graph = {
  inputs: {
    ids: { type: 'int64', shape: ['batch', 'length'] },
    mask: { type: 'float32', shape: ['batch', 'length'] },
  },
  outputs: {
    words: { type: 'float32', shape: ['batch', 'length', 2] },
    mean: { type: 'float32', shape: ['batch', 2] },
  },
  nodes: [
    { operation: 'Gather', inputs: ['table', 'ids'], outputs: ['words'] },
    { operation: 'Unsqueeze', inputs: ['mask', 'last'], outputs: ['weights'] },
    { operation: 'Mul', inputs: ['words', 'weights'], outputs: ['present'] },
    {
      operation: 'ReduceSum',
      inputs: ['present', 'middle'],
      outputs: ['sum'],
      attributes: { keepdims: 0 },
    },
    {
      operation: 'ReduceSum',
      inputs: ['weights', 'middle'],
      outputs: ['count'],
      attributes: { keepdims: 0 },
    },
    { operation: 'Div', inputs: ['sum', 'count'], outputs: ['mean'] },
  ],
  weights: {
    // The n-th word is (n, 10 n).
    table: {
      shape: [10, 2],
      data: Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? i / 2 : 5 * (i - 1))),
    },
    last: { shape: [1], data: BigInt64Array.of(2n) },
    middle: { shape: [1], data: BigInt64Array.of(1n) },
  },
}

/** Takes four rows and no other number. */
export const fixedBatch: Graph = {
  inputs: { x: { type: 'float32', shape: [4, 2] } },
  outputs: { y: { type: 'float32', shape: [4, 2] } },
  nodes: [{ operation: 'Neg', inputs: ['x'], outputs: ['y'] }],
}

/** Has an input and an output without a batch dimension. */
export const scaled: Graph = {
  inputs: {
    x: { type: 'float32', shape: ['batch', 2] },
    factor: { type: 'float32', shape: [] },
  },
  outputs: {
    y: { type: 'float32', shape: ['batch', 2] },
    used: { type: 'float32', shape: [] },
  },
  nodes: [
    { operation: 'Mul', inputs: ['x', 'factor'], outputs: ['y'] },
    { operation: 'Identity', inputs: ['factor'], outputs: ['used'] },
  ],
}

/** Says that it gives rows, and gives one sum over all of them. */
export const reducing: Graph = {
  inputs: { x: { type: 'float32', shape: ['batch', 'n'] } },
  outputs: { y: { type: 'float32', shape: ['rows'] } },
  nodes: [
    { operation: 'ReduceSum', inputs: ['x', 'first'], outputs: ['y'], attributes: { keepdims: 0 } },
  ],
  weights: { first: { shape: [1], data: BigInt64Array.of(0n) } },
}

/** Gives its input as float16. */
export const halves: Graph = {
  inputs: { x: { type: 'float32', shape: ['batch', 2] } },
  outputs: { y: { type: 'float16', shape: ['batch', 2] } },
  nodes: [{ operation: 'Cast', inputs: ['x'], outputs: ['y'], attributes: { to: 10 } }],
}
