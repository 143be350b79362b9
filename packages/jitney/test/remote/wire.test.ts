import fc from 'fast-check'
import { jsonCodec, RemoteError } from 'jitney/remote'
import { describe, expect, it } from 'vitest'

import { readEnvelope, writeEnvelope } from '../../src/remote/wire/envelope.ts'
import { readReply, writeFailure, writeValue } from '../../src/remote/wire/reply.ts'

describe('an envelope', () => {
  it('gives back what was put into it', () => {
    const header = fc.record(
      {
        key: fc.string(),
        priority: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
        trace: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1 }),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(header, fc.uint8Array(), (given, payload) => {
        const read = readEnvelope(writeEnvelope({ header: given, payload }))
        expect(JSON.stringify(read.header)).toBe(JSON.stringify(given))
        expect(read.payload).toEqual(payload)
      }),
    )
  })

  it('is read from the middle of other bytes', () => {
    const bytes = writeEnvelope({ header: { key: 'a' }, payload: Uint8Array.of(7, 8) })
    const around = new Uint8Array(bytes.byteLength + 10)
    around.set(bytes, 5)
    const read = readEnvelope(around.subarray(5, 5 + bytes.byteLength))
    expect(read).toEqual({ header: { key: 'a' }, payload: Uint8Array.of(7, 8) })
  })

  it('costs five bytes where there is nothing to say', () => {
    expect(writeEnvelope({ header: {}, payload: Uint8Array.of(1) }).byteLength).toBe(6)
  })

  it('ignores fields that it does not know, or that have another type', () => {
    const text = new TextEncoder().encode('{"key":7,"priority":"high","trace":{"a":1},"new":true}')
    const bytes = new Uint8Array(5 + text.byteLength)
    bytes.set([1, 0, 0, 0, text.byteLength])
    bytes.set(text, 5)
    expect(readEnvelope(bytes).header).toEqual({})
  })

  it('refuses any other bytes with an error', () => {
    const failure = (bytes: Uint8Array): unknown => {
      try {
        return readEnvelope(bytes) && undefined
      } catch (error) {
        return error
      }
    }
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(failure(bytes) ?? new Error('none')).toBeInstanceOf(Error)
        expect(failure(Uint8Array.of(2, ...bytes))).toBeInstanceOf(RemoteError)
      }),
    )
    for (const bytes of [[], [1], [1, 0, 0, 0], [2, 0, 0, 0, 0], [1, 255, 255, 255, 255]]) {
      const read = (): unknown => readEnvelope(Uint8Array.from(bytes))
      expect(read).toThrow(expect.objectContaining({ code: 'JITNEY_REMOTE_VERSION' }))
    }
  })
})

describe('a reply', () => {
  it('gives back values, undefined among them', () => {
    for (const value of [undefined, null, 0, 'text', { a: [1] }]) {
      expect(readReply(jsonCodec, writeValue(jsonCodec, value))).toEqual({ ok: true, value })
    }
  })

  it('gives back an error with its name, fields and causes', () => {
    const cause = new RangeError('below')
    const error = Object.assign(new TypeError('above', { cause }), { code: 'E', big: 1n })
    const read = readReply(jsonCodec, writeFailure(error)) as { error: Error }
    expect(read.error).toMatchObject({ name: 'TypeError', message: 'above', code: 'E' })
    expect(read.error.cause).toMatchObject({ name: 'RangeError', message: 'below' })
    expect(read.error).not.toHaveProperty('big')
  })

  it('gives back what was thrown and is no error', () => {
    expect(readReply(jsonCodec, writeFailure('text'))).toEqual({ ok: false, error: 'text' })
  })

  it('gives back errors of ours as what they are', () => {
    const error = new RemoteError('JITNEY_REMOTE_GIVEN_UP', 'enough', { cause: new Error('why') })
    const read = readReply(jsonCodec, writeFailure(error)) as { error: RemoteError }
    expect(read.error).toBeInstanceOf(RemoteError)
    expect(read.error.code).toBe('JITNEY_REMOTE_GIVEN_UP')
    expect(read.error.cause).toMatchObject({ message: 'why' })
  })

  it('is an error when it cannot be read', () => {
    for (const bytes of [[], [9, 1], [1, 9], [1, 1, 0xff], [1, 2, 0x7b], [1, 1, 0x7b]]) {
      const read = readReply(jsonCodec, Uint8Array.from(bytes))
      expect(read).toMatchObject({ ok: false, error: { code: 'JITNEY_REMOTE_VERSION' } })
    }
  })

  it('sets no prototype, whatever its JSON names', () => {
    const text = '{"__proto__":{"polluted":true},"name":"Error","message":"m"}'
    const bytes = Uint8Array.from([1, 2, ...new TextEncoder().encode(text)])
    const { error } = readReply(jsonCodec, bytes) as { error: Error }
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype)
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('jsonCodec', () => {
  it('refuses what JSON would leave out', () => {
    for (const value of [undefined, () => 1, Symbol('s'), 1n]) {
      expect(() => jsonCodec.encode(value)).toThrow(TypeError)
    }
  })
})
