/** What values become, without a database: no part of a text may be read as a statement. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { termOf } from '../../src/sql/mysql/encode.ts'
import { arrayText, elementOf, textOf } from '../../src/sql/postgres/encode.ts'
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

describe('arrayText()', () => {
  /** As PostgreSQL reads it. */
  const elementsIn = (array: string): (string | null)[] =>
    Array.from(
      array.slice(1, -1).matchAll(/"((?:\\.|[^"\\])*)"|([^,]+)/gsu),
      ([, quoted, bare]) =>
        quoted?.replaceAll(/\\(.)/gsu, '$1') ?? (bare!.toUpperCase() === 'NULL' ? null : bare!),
    )

  it('writes elements that PostgreSQL reads as they were', () => {
    const element = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'null', ',', '{"', '\\', null),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    fc.assert(
      fc.property(fc.array(element, { minLength: 1 }), (elements) => {
        const texts = elements.map((each) => (each === null ? null : String(each)))
        expect(elementsIn(arrayText(elements))).toEqual(texts)
      }),
    )
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

  /** The text that a server reads, if there is one way to read it. */
  const readBack = (sql: string): unknown => {
    const [, letters, digits] = /^(?:'([^'"\\?]*)'|_utf8mb4 X'([\da-f]*)')$/.exec(sql) ?? []
    return letters ?? (digits === undefined ? digits : Buffer.from(digits, 'hex').toString())
  }

  it.each(['binary', 'grapheme-ascii'] as const)('writes %s texts that nothing can end', (unit) => {
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const [sql, values] = term(text)
        expect(readBack(sql)).toBe(Buffer.from(text).toString())
        expect(values).toEqual([])
      }),
    )
  })

  it.each(["it's", '"', '\\', '\n', 'naïve', '\u0000', 'a?', "'), (1, 'b"])(
    'makes %o digits',
    (text) => {
      expect(term(text)[0]).toMatch(/^_utf8mb4 X'/)
    },
  )

  it.each([
    [null, 'NULL'],
    [undefined, 'NULL'],
    [12n, '12'],
    [-1.5e-7, '-1.5e-7'],
    [true, '1'],
    ['plain', "'plain'"],
    [Uint8Array.of(1, 171), "X'01ab'"],
  ])('writes %o', (value, sql) => {
    expect(term(value)).toEqual([sql, []])
  })

  it('leaves a moment to the client, which knows the time zone', () => {
    const now = new Date()
    expect(term(now)).toEqual(['?', [now]])
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
