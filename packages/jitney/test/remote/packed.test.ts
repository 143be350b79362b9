import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { pack, Packed } from '../../src/remote/redis/packed.ts'

/** MessagePack by its specification, as `cmsgpack` writes it. */
function list(...values: number[][]): Uint8Array {
  return Uint8Array.from([0x90 + values.length, ...values.flat()])
}

/** To be compared whatever class the bytes are of. */
function shown(value: number | Uint8Array): number | number[] {
  return typeof value === 'number' ? value : [...value]
}

describe('Packed', () => {
  it('reads all numbers that scripts write', () => {
    const written: [number[], number][] = [
      [[0x00], 0],
      [[0x7f], 127],
      [[0xff], -1],
      [[0xe0], -32],
      [[0xcc, 200], 200],
      [[0xcd, 1, 0], 256],
      [[0xce, 0x80, 0, 0, 0], 2 ** 31],
      [[0xcf, 0, 0, 1, 0, 0, 0, 0, 0], 2 ** 40],
      [[0xd0, 0x80], -128],
      [[0xd1, 0xff, 0], -256],
      [[0xd2, 0x80, 0, 0, 0], -(2 ** 31)],
      [[0xd3, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0], -(2 ** 40)],
      [[0xca, 0x3f, 0xc0, 0, 0], 1.5],
      [[0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
    ]
    const packed = new Packed(list(...written.map(([bytes]) => bytes)))
    for (const [, value] of written) expect(packed.number()).toBe(value)
    expect(packed.left).toBe(0)
  })

  it('reads strings of all lengths, as texts and as bytes of their own', () => {
    for (const length of [0, 1, 31, 32, 255, 256, 65_535, 65_536]) {
      const heads: Record<string, number[]> = {
        fix: [0xa0 + length],
        8: [0xd9, length],
        16: [0xda, length >> 8, length & 255],
        32: [0xdb, 0, length >> 16, (length >> 8) & 255, length & 255],
      }
      const head = heads[length < 32 ? 'fix' : length < 256 ? 8 : length < 65_536 ? 16 : 32]!
      const one = [...head, ...Array<number>(length).fill(97)]
      const given = list(one, one, [7])
      const packed = new Packed(given)
      expect(packed.text()).toBe('a'.repeat(length))
      const bytes = packed.bytes()
      expect(new TextDecoder().decode(bytes)).toBe('a'.repeat(length))
      expect(bytes.buffer.byteLength).toBe(length)
      expect(packed.number()).toBe(7)
    }
  })

  it('reads lists of all lengths', () => {
    for (const [head, length] of [
      [[0x90], 0],
      [[0xdc, 1, 0], 256],
      [[0xdd, 0, 0, 1, 1], 257],
    ] as const) {
      const packed = new Packed(Uint8Array.from([...head, ...Array<number>(length).fill(1)]))
      expect(packed.left).toBe(length)
      while (packed.left > 0) expect(packed.number()).toBe(1)
    }
    expect(new Packed(null).left).toBe(0)
  })

  it('refuses what no script writes', () => {
    expect(() => new Packed(Uint8Array.of(0x80))).toThrow('128 is no tag that scripts write')
    expect(() => new Packed(Uint8Array.of())).toThrow('NaN is no tag')
    expect(() => new Packed(list([0xc0])).number()).toThrow('192 is no tag')
    expect(() => new Packed(list([0xc0])).text()).toThrow('192 is no tag')
  })
})

describe('pack()', () => {
  it('writes what can be read again', () => {
    const value = fc.oneof(fc.string(), fc.constant('ä€😀'), fc.double(), fc.uint8Array())
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const packed = new Packed(pack(values))
        const read = values.map((each) =>
          typeof each === 'number' ? packed.number() : packed.bytes(),
        )
        const encoder = new TextEncoder()
        const expected = values.map((each) =>
          typeof each === 'string' ? encoder.encode(each) : each,
        )
        expect(read.map(shown)).toEqual(expected.map(shown))
        expect(packed.left).toBe(0)
      }),
    )
  })
})
