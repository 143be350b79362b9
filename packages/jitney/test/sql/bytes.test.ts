import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { hexOf } from '../../src/platform/hex.ts'
import { bytesIn } from '../../src/sql/bytes-in.ts'

describe('hexOf()', () => {
  const native = Buffer
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it.each(['with', 'without'])('writes each byte as two digits, %s a Buffer', (kind) => {
    if (kind === 'without') vi.stubGlobal('Buffer', undefined)
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...native.from(hexOf(bytes), 'hex')]).toEqual([...bytes])
      }),
    )
    // A part of what is larger.
    expect(hexOf(Uint8Array.of(1, 2, 171, 3).subarray(1, 3))).toBe('02ab')
  })
})

describe('bytesIn()', () => {
  it.each([
    [Uint8Array.of(1, 2).buffer, [1, 2]],
    [Uint8Array.of(1, 2, 3).subarray(1), [2, 3]],
    [new DataView(Uint8Array.of(1, 2, 3).buffer, 1, 1), [2]],
    [Buffer.from([7]), [7]],
  ])('finds the bytes of %o', (value, bytes) => {
    expect([...bytesIn(value)!]).toEqual(bytes)
  })

  it.each([[[1, 2]], [{ length: 1 }], [new Date()]])('finds none in %o', (value) => {
    expect(bytesIn(value)).toBe(undefined)
  })
})
