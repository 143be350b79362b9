import { isUtf8 } from 'node:buffer'
import { type Tensor, type TensorData, type TensorType } from 'jitney/tensor'

/** The binary tensor data extension: elements in row-major order, little-endian, without gaps. */

const arrays = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
} as const

/** The elements in these bytes. Throws an `Error` that says why there are none. */
export function readBytes(type: TensorType, bytes: Uint8Array): TensorData {
  if (type === 'string') return readTexts(bytes)
  const Elements = arrays[type]
  const { BYTES_PER_ELEMENT: size } = Elements
  if (bytes.length % size !== 0) throw new Error(`${bytes.length} bytes are no whole elements`)
  // Where a view may begin depends on the size of its elements.
  const copy = new Uint8Array(bytes)
  if (type === 'bool' && copy.some((byte) => byte > 1)) throw new Error('a byte is neither 0 nor 1')
  return new Elements(copy.buffer)
}

export function writeBytes({ type, data }: Tensor): Uint8Array {
  if (type === 'string') return Buffer.concat((data as string[]).map(sized))
  const { buffer, byteOffset, byteLength } = data as Uint8Array
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Each element has its length before it, in four bytes. */
function readTexts(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const texts: string[] = []
  for (let start = 0; start < buffer.length;) {
    const end = start + 4 <= buffer.length ? start + 4 + buffer.readUInt32LE(start) : Infinity
    if (end > buffer.length) throw new Error('an element is longer than what is there')
    const text = buffer.subarray(start + 4, end)
    if (!isUtf8(text)) throw new Error('an element is not UTF-8')
    texts.push(text.toString('utf8'))
    start = end
  }
  return texts
}

function sized(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}
