/** What values become, without a database: no part of a text may be read as a statement. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { sizeOf, termOf } from '../../src/sql/mysql/encode.ts'
import { elementOf, textOf } from '../../src/sql/postgres/encode.ts'
import { quoteName, quoteTable } from '../../src/sql/quote.ts'
import { bound } from '../../src/sql/sqlite/encode.ts'

describe('elementOf()', () => {
  it('quotes a text so that PostgreSQL reads it as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const element = elementOf(text)
        expect(element.at(0)).toBe('"')
        expect(element.at(-1)).toBe('"')
        const inner = element.slice(1, -1)
        // A backslash and what follows it are that; no quote stands alone.
        expect(inner.replaceAll(/\\(.)/gsu, '$1')).toBe(text)
        expect(inner.replaceAll(/\\./gsu, '')).not.toMatch(/["\\]/)
      }),
    )
  })

  it('tells NULL from a text', () => {
    expect([elementOf(null), elementOf('NULL')]).toEqual(['NULL', '"NULL"'])
  })
})

describe('textOf()', () => {
  it.each([
    [1.5, 'plain', '1.5'],
    [2n ** 70n, 'plain', '1180591620717411303424'],
    [true, 'plain', 'true'],
    [Uint8Array.of(0, 255), 'plain', '\\x00ff'],
    [{ a: 1 }, 'plain', '{"a":1}'],
    [['a', null, 'b"'], 'array', '{"a",NULL,"b\\""}'],
    [[[1], [2]], 'array', '{{"1"},{"2"}}'],
    [[{ a: 1 }], 'json array', '{"{\\"a\\":1}"}'],
    ['text', 'json', '"text"'],
    [undefined, 'json', null],
  ] as const)('writes %o for a column that is %s', (value, form, text) => {
    expect(textOf(value, form, 'column')).toBe(text)
  })

  it.each([() => 1, Symbol('x'), new Date(Number.NaN)])('refuses %o', (value) => {
    expect(() => textOf(value, 'plain', 'column')).toThrow(TypeError)
  })
})

describe('termOf()', () => {
  const term = (value: unknown): [sql: string, values: unknown[]] => {
    const values: unknown[] = []
    return [termOf(value, 'column', 'store row', values), values]
  }

  /** The text that a statement has as its parameter, or as digits and nothing else. */
  const readBack = (sql: string, values: unknown[]): unknown => {
    if (sql === '?' && values.length === 1) return values[0]
    const [, digits] = /^_utf8mb4 X'([\da-f]*)'$/.exec(sql) ?? []
    return digits === undefined ? undefined : Buffer.from(digits, 'hex').toString()
  }

  it('makes a text a parameter or digits: nothing of it is in the statement', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readBack(...term(text))).toBe(Buffer.from(text).toString())
      }),
    )
  })

  it.each(["it's", '"', '\\', '\n', 'naïve', '\u0000'])('makes %o digits', (text) => {
    expect(term(text)[0]).toMatch(/^_utf8mb4 X'/)
  })

  it.each([
    [null, 'NULL'],
    [undefined, 'NULL'],
    [12n, '12'],
    [Uint8Array.of(1, 171), "X'01ab'"],
  ])('writes %o', (value, sql) => {
    expect(term(value)).toEqual([sql, []])
  })

  it('leaves moments, numbers and plain texts to the client, and knows their size', () => {
    const now = new Date()
    const values: unknown[] = []
    for (const value of ['plain', now, -1.5e-7, true]) termOf(value, 'column', 'store row', values)
    expect(values).toEqual(['plain', now, -1.5e-7, 1])
    expect(sizeOf(values)).toBe(7 + 3 * 32)
    expect(sizeOf(values, 2)).toBe(2 * 32)
  })

  it.each([Number.NaN, Infinity])('refuses %o', (value) => {
    expect(() => term(value)).toThrow(RangeError)
  })
})

describe('bound()', () => {
  it.each([
    ['text', 'text'],
    [undefined, null],
    [false, 0],
    [Infinity, Infinity],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [['a'], '["a"]'],
    [Uint8Array.of(1).buffer, Uint8Array.of(1)],
  ])('binds %o', (value, expected) => {
    expect(bound(value, 'column', 'store row')).toEqual(expected)
  })

  it.each([Number.NaN, Symbol('x'), { toJSON: () => undefined }])('refuses %o', (value) => {
    expect(() => bound(value, 'column', 'store row')).toThrow(/Cannot store row: 'column'/)
  })
})

describe('quoteName()', () => {
  it.each(['"', '`'])('lets no %s end a name', (mark) => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const quoted = quoteName(name, mark)
        expect(quoted.slice(1, -1).replaceAll(mark + mark, '')).not.toContain(mark)
        expect(quoted.slice(1, -1).replaceAll(mark + mark, mark)).toBe(name)
      }),
    )
  })

  it('quotes a schema and a table apart', () => {
    expect(quoteTable(['my.schema', 'a"b'])).toBe('"my.schema"."a""b"')
  })
})
