/**
 * Lists as MessagePack, which scripts read and write by one call of `cmsgpack`. As arguments and answers
 * of their own, the values of many items cost clients and server more than all else about them.
 */
export function pack(values: readonly (string | number | Uint8Array)[]): Uint8Array {
  let most = 5
  for (const value of values) {
    most += typeof value === 'number' ? 9 : 5 + 3 * value.length
  }
  const bytes = Buffer.allocUnsafe(most)
  let at = writeHead(bytes, 0, 0xdd, values.length)
  for (const value of values) {
    if (typeof value === 'number') {
      bytes[at] = 0xcb
      at = bytes.writeDoubleBE(value, at + 1)
      continue
    }
    const start = at + 5
    let end: number
    if (typeof value === 'string') end = start + bytes.write(value, start)
    else {
      bytes.set(value, start)
      end = start + value.length
    }
    writeHead(bytes, at, 0xdb, end - start)
    at = end
  }
  return bytes.subarray(0, at)
}

/** A tag, and a length of 32 bits. */
function writeHead(bytes: Buffer, at: number, tag: number, length: number): number {
  bytes[at] = tag
  return bytes.writeUInt32BE(length, at + 1)
}

/** A list that a script has packed, value by value. */
export class Packed {
  readonly #bytes: Buffer
  /** The same bytes, whose slices are copies. */
  readonly #plain: Uint8Array
  #at = 0
  /** How many values are left. */
  left: number

  constructor(packed: unknown) {
    const given = packed instanceof Uint8Array ? packed : new Uint8Array([0x90])
    const { buffer, byteOffset, byteLength } = given
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength)
    this.#plain = new Uint8Array(buffer, byteOffset, byteLength)
    const tag = this.#tag()
    if (tag === 0xdd) this.left = this.#unsigned(4)
    else if (tag === 0xdc) this.left = this.#unsigned(2)
    else if (tag >= 0x90 && tag < 0xa0) this.left = tag - 0x90
    else throw unknown(tag)
  }

  number(): number {
    this.left -= 1
    const tag = this.#tag()
    if (tag < 0x80) return tag
    if (tag >= 0xe0) return tag - 0x100
    const at = this.#at
    const bytes = this.#bytes
    switch (tag) {
      case 0xcc:
        return this.#unsigned(1)
      case 0xcd:
        return this.#unsigned(2)
      case 0xce:
        return this.#unsigned(4)
      case 0xcf:
        this.#at += 8
        return Number(bytes.readBigUInt64BE(at))
      case 0xd0:
        this.#at += 1
        return bytes.readInt8(at)
      case 0xd1:
        this.#at += 2
        return bytes.readInt16BE(at)
      case 0xd2:
        this.#at += 4
        return bytes.readInt32BE(at)
      case 0xd3:
        this.#at += 8
        return Number(bytes.readBigInt64BE(at))
      case 0xca:
        this.#at += 4
        return bytes.readFloatBE(at)
      case 0xcb:
        this.#at += 8
        return bytes.readDoubleBE(at)
      default:
        throw unknown(tag)
    }
  }

  /** ASCII alone. */
  text(): string {
    const end = this.#end()
    const text = this.#bytes.toString('latin1', this.#at, end)
    this.#at = end
    return text
  }

  /** Bytes of their own: a slow item must not keep those of others. */
  bytes(): Uint8Array {
    const end = this.#end()
    const bytes = this.#plain.slice(this.#at, end)
    this.#at = end
    return bytes
  }

  /** Where the string ends that begins here. */
  #end(): number {
    this.left -= 1
    const tag = this.#tag()
    const isShort = tag >= 0xa0 && tag < 0xc0
    // Read first: what it reads moves the place that is added to.
    const length = isShort ? tag - 0xa0 : this.#unsigned(lengths[tag] ?? unknownLength(tag))
    return this.#at + length
  }

  #tag(): number {
    const tag = this.#bytes[this.#at] ?? NaN
    this.#at += 1
    return tag
  }

  #unsigned(size: number): number {
    const value = this.#bytes.readUIntBE(this.#at, size)
    this.#at += size
    return value
  }
}

/** How many bytes say how long a string is, by its tag. */
const lengths: Readonly<Record<number, number>> = {
  0xc4: 1,
  0xc5: 2,
  0xc6: 4,
  0xd9: 1,
  0xda: 2,
  0xdb: 4,
}

function unknownLength(tag: number): never {
  throw unknown(tag)
}

function unknown(tag: number): Error {
  return new Error(`Cannot read an answer of Redis: ${tag} is no tag that scripts write`)
}
