import { describe, expect, it } from 'vitest'

import { itemBytes, keyText } from '../../src/aws/dynamodb/attributes.ts'

describe('keyText()', () => {
  it.each([
    [{ id: { S: 'a' } }, { id: 'a' }],
    [{ id: { N: '1' } }, { id: 1 }],
    [{ id: { N: '1.0' } }, { id: { N: '1' } }],
    [{ id: { N: '-0.50' } }, { id: { N: '-5e-1' } }],
    [{ id: { N: '100' } }, { id: { N: '1E+2' } }],
    [{ id: { N: '0' } }, { id: { N: '-0.00' } }],
    [{ id: 12n }, { id: 12 }],
    [{ id: { value: '12.0' } }, { id: 12 }],
    [{ id: { B: Uint8Array.of(1, 2) } }, { id: Uint8Array.of(1, 2) }],
    [{ id: Uint8Array.of(0, 1, 2).subarray(1) }, { id: Uint8Array.of(1, 2) }],
  ])('is the same for %o and %o', (one, other) => {
    expect(keyText(one, ['id'])).toBe(keyText(other, ['id']))
  })

  it.each([
    [{ id: '1' }, { id: 1 }],
    [{ id: { S: 'n1' } }, { id: { N: '1' } }],
    [{ id: { N: '1' } }, { id: { N: '10' } }],
    [{ id: { N: '0.1' } }, { id: { N: '0.01' } }],
    [{ id: { N: '5' } }, { id: { N: '-5' } }],
    [
      { id: { N: '12345678901234567890123456789012345678' } },
      { id: { N: '12345678901234567890123456789012345679' } },
    ],
    [{ id: Uint8Array.of(1, 2) }, { id: Uint8Array.of(12) }],
  ])('differs for %o and %o', (one, other) => {
    expect(keyText(one, ['id'])).not.toBe(keyText(other, ['id']))
  })

  it('looks at key attributes alone, in any order', () => {
    const names = ['owner', 'name']
    const item = { name: { S: 'rex' }, owner: { S: 'ann' }, age: { N: '7' } }
    expect(keyText(item, names)).toBe(keyText({ owner: 'ann', name: 'rex' }, names.toReversed()))
  })
})

describe('itemBytes()', () => {
  it.each([
    [{}, 0],
    [{ id: { S: 'naïve' } }, 2 + 6],
    [{ id: 'naïve' }, 2 + 6],
    [{ n: { N: '1234' } }, 1 + 3],
    [{ n: 1234 }, 1 + 3],
    [{ b: { B: new Uint8Array(10) } }, 1 + 10],
    [{ b: new Uint8Array(10) }, 1 + 10],
    [{ yes: { BOOL: true }, no: { NULL: true } }, 3 + 1 + 2 + 1],
    [{ yes: true, no: null }, 3 + 1 + 2 + 1],
    [{ l: { L: [{ S: 'ab' }, { N: '1' }] } }, 1 + 3 + 2 + 2 + 2],
    [{ l: ['ab', 1] }, 1 + 3 + 2 + 2 + 2],
    [{ m: { M: { ab: { S: 'c' } } } }, 1 + 3 + 1 + 2 + 1],
    [{ id: 'x', m: { ab: 'c' } }, 2 + 1 + 1 + 3 + 1 + 2 + 1],
    [{ s: { SS: ['ab', 'c'] } }, 1 + 3],
    [{ s: new Set(['ab', 'c']) }, 1 + 3],
    [{ s: { NS: ['1', '22'] } }, 1 + 2 + 2],
    // A map of the document client that looks like an attribute.
    [{ id: 'x', m: { S: 'ab' } }, 2 + 1 + 1 + 3 + 1 + 1 + 2],
  ])('counts %o as %d', (item, bytes) => {
    expect(itemBytes(item)).toBe(bytes)
  })
})
