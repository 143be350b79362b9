import vm from 'node:vm'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { describe as describeValue, messageOf } from '../src/platform/describe.ts'

class Invoice {
  readonly total = 0
}
const Anonymous = (() =>
  class {
    readonly total = 0
  })()

/** Throws whatever is done to it. */
function hostile(): object {
  return new Proxy(
    {},
    {
      get: () => {
        throw new Error('hands off')
      },
      getPrototypeOf: () => {
        throw new Error('hands off')
      },
    },
  )
}

describe('describe()', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [NaN, 'NaN'],
    [-0, '-0'],
    [0, '0'],
    [-1.5, '-1.5'],
    [-Infinity, '-Infinity'],
    ['', '""'],
    ['a "word"', String.raw`"a \"word\""`],
    ['two\nlines', String.raw`"two\nlines"`],
    [10n, '10n'],
    [Symbol('token'), 'Symbol(token)'],
    [() => 1, 'a function'],
    [Map, 'a function'],
    [[1, 2, 3], 'an array of 3'],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
    [new Map(), 'a Map'],
    [new Error('no'), 'an Error'],
    [Promise.resolve(), 'a Promise'],
    [new Float32Array(4), 'a Float32Array of 4'],
    [new DataView(new ArrayBuffer(8)), 'a DataView'],
    [new Anonymous(), 'an object'],
    [new Invoice(), 'an Invoice'],
  ])('says of %s: %s', (value, words) => {
    expect(describeValue(value)).toBe(words)
  })

  it('knows the values of another realm', () => {
    expect(describeValue(vm.runInNewContext('[1, 2]'))).toBe('an array of 2')
    expect(describeValue(vm.runInNewContext('new Map()'))).toBe('a Map')
  })

  it('never throws, and never says much', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withSparseArray: true }), (value) => {
        expect(describeValue(value).length).toBeLessThanOrEqual(80)
      }),
      { numRuns: 1000 },
    )
  })

  it('never throws at objects that do', () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    const named = Object.create({ constructor: { name: hostile() } }) as object
    for (const value of [hostile(), proxy, named]) expect(describeValue(value)).toBe('an object')
  })

  it('cuts long texts and says so', () => {
    const words = describeValue('x'.repeat(1_000_000))
    expect(words).toMatch(/^"x+…$/)
    expect(words).toHaveLength(60)
  })
})

describe('messageOf()', () => {
  it('is the message of an Error', () => {
    expect(messageOf(new RangeError('too far'))).toBe('too far')
  })

  it('describes what has no message', () => {
    expect(messageOf(new TypeError(''))).toBe('a TypeError')
    expect(messageOf('a word')).toBe('"a word"')
    expect(messageOf(undefined)).toBe('undefined')
    expect(messageOf({ message: 'not an Error' })).toBe('an object')
  })

  it('is always a text, whatever an Error claims to be its message', () => {
    const error = new Error('replaced')
    for (const message of [undefined, 42, Symbol('no'), {}, null]) {
      Object.defineProperty(error, 'message', { value: message, configurable: true })
      expect(messageOf(error)).toBe('an Error')
    }
  })

  it('never throws', () => {
    const error = new Error('never seen')
    Object.defineProperty(error, 'message', {
      get: () => {
        throw new Error('hands off')
      },
    })
    expect(messageOf(error)).toBe('an Error')
    expect(messageOf(hostile())).toBe('an object')
  })
})
