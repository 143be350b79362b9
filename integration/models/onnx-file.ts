/** Writes ONNX models: as much of the format (onnx.proto) as small graphs need. */

/** The numbers that ONNX has for the types of tensors. */
const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
}

export type ElementType = keyof typeof elementTypes

/** An input or output. A number is a fixed dimension, a text the name of one that is not. */
export interface Value {
  readonly type: ElementType
  readonly shape: readonly (number | string)[]
}

/** One operation: `inputs` and `outputs` are names of values. */
export interface Node {
  readonly operation: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Integers, and lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

export interface Weights {
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

export interface Graph {
  readonly inputs: Readonly<Record<string, Value>>
  readonly outputs: Readonly<Record<string, Value>>
  readonly nodes: readonly Node[]
  readonly weights?: Readonly<Record<string, Weights>>
}

/** The bytes of a model file. */
export function onnxFile({ inputs, outputs, nodes, weights = {} }: Graph): Uint8Array {
  const graph = message(
    ...nodes.map((node) => bytes(1, nodeOf(node))),
    text(2, 'graph'),
    ...Object.entries(weights).map(([name, one]) => bytes(5, weightsOf(name, one))),
    ...Object.entries(inputs).map(([name, one]) => bytes(11, valueOf(name, one))),
    ...Object.entries(outputs).map(([name, one]) => bytes(12, valueOf(name, one))),
  )
  const operators = message(text(1, ''), integer(2, 17))
  return message(integer(1, 8), bytes(7, graph), bytes(8, operators))
}

function nodeOf({ operation, inputs, outputs, attributes = {} }: Node): Buffer {
  return message(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operation),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attributeOf(name, value))),
  )
}

function attributeOf(name: string, value: number | readonly number[]): Buffer {
  return typeof value === 'number'
    ? message(text(1, name), integer(3, value), integer(20, 2))
    : message(text(1, name), ...value.map((one) => integer(8, one)), integer(20, 7))
}

function weightsOf(name: string, { shape, data }: Weights): Buffer {
  const type = data instanceof Float32Array ? elementTypes.float32 : elementTypes.int64
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return message(
    ...shape.map((size) => integer(1, size)),
    integer(2, type),
    text(8, name),
    bytes(9, raw),
  )
}

function valueOf(name: string, { type, shape }: Value): Buffer {
  const dimensions = shape.map((size) =>
    bytes(1, typeof size === 'number' ? integer(1, size) : text(2, size)),
  )
  const tensor = message(integer(1, elementTypes[type]), bytes(2, message(...dimensions)))
  return message(text(1, name), bytes(2, bytes(1, tensor)))
}

/** Fields one after the other, as Protocol Buffers have them. */
function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields)
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)])
}

function bytes(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content])
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content))
}

function varint(value: number): Buffer {
  const groups: number[] = []
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    const group = Number(rest & 127n)
    if (rest < 128n) return Buffer.from([...groups, group])
    groups.push(group | 128)
  }
}
