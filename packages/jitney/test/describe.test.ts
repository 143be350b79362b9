import vm from 'node:vm'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { describe as describeValue } from '../src/platform/describe.ts'

class Invoice {
  readonly total = 0
}

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
    [-0, '0'],
    [0, '0'],
    [-1.5, '-1.5'],
    [-Infinity, '-Infinity'],
    ['', '""'],
    ['a "word"', String.raw`"a \"word\""`],
    ['two\nlines', String.raw`"two\nlines"`],
    [10n, '10n'],
    [Symbol('token'), 'Symbol(token)'],
    [() => 1, 'Function of 0'],
    [Map, 'Function of 0'],
    [[1, 2, 3], 'Array of 3'],
    [{}, 'Object'],
    [Object.create(null), 'Object'],
    [new Map(), 'Map'],
    [new Error('no'), 'Error: no'],
    [new TypeError(''), 'TypeError'],
    [Promise.resolve(), 'Promise'],
    [new Float32Array(4), 'Float32Array of 4'],
    [new DataView(new ArrayBuffer(8)), 'DataView'],
    [new Invoice(), 'Object'],
  ])('says of %s: %s', (value, words) => {
    expect(describeValue(value)).toBe(words)
  })

  it('knows the values of another realm', () => {
    expect(describeValue(vm.runInNewContext('[1, 2]'))).toBe('Array of 2')
    expect(describeValue(vm.runInNewContext('new Map()'))).toBe('Map')
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
    const error = new Error('never seen')
    Object.defineProperty(error, 'message', {
      get: () => {
        throw new Error('hands off')
      },
    })
    for (const value of [hostile(), proxy, error]) {
      expect(describeValue(value)).toBe('an object')
    }
  })

  it('cuts long texts', () => {
    expect(describeValue('x'.repeat(1_000_000))).toBe(`"${'x'.repeat(60)}"`)
  })
})
