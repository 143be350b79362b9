import { refusal } from '../../platform/errors.ts'
import { bytesIn, hexOf } from '../hex.ts'

/** A value in a statement: a placeholder and what it stands for, or hexadecimal digits. */
export interface Term {
  readonly sql: string
  /** What the placeholder stands for; a statement without one has none. */
  readonly values: readonly unknown[]
  /** Bytes of the statement. */
  readonly size: number
}

const nothing: Term = { sql: 'NULL', values: [], size: 4 }

/**
 * What a client escapes depends on the connection's `sql_mode` and character set, and mysql2 knows
 * neither. Text that could be read in two ways is sent as digits.
 */
const ambiguous = /[^\u0020-\u007e]|["'\\]/

/** Writes a value. Throws a TypeError or RangeError for what no column holds. */
export function termOf(value: unknown, name: string, action: string): Term {
  switch (typeof value) {
    case 'undefined':
      return nothing
    case 'string':
      return textTerm(value)
    case 'number':
      if (Number.isFinite(value)) return parameter(value, 24)
      throw refusal(action, name, 'a finite number', value, 'JITNEY_OUT_OF_RANGE')
    case 'bigint':
      // Digits alone. As a text it would be compared as a fraction.
      return { sql: String(value), values: [], size: 24 }
    case 'boolean':
      return parameter(value ? 1 : 0, 1)
    case 'object':
      return value === null ? nothing : objectTerm(value, name, action)
    default:
      throw refusal(action, name, 'a value that a database can hold', value)
  }
}

function objectTerm(value: object, name: string, action: string): Term {
  if (value instanceof Date) {
    // The client knows the connection's time zone.
    if (!Number.isNaN(value.getTime())) return parameter(value, 32)
    throw refusal(action, name, 'a valid Date', value)
  }
  const bytes = bytesIn(value)
  if (bytes !== undefined) return digits(bytes, '')
  const json: string | undefined = JSON.stringify(value)
  if (json === undefined) throw refusal(action, name, 'a value that JSON can hold', value)
  return textTerm(json)
}

function textTerm(text: string): Term {
  if (!ambiguous.test(text)) return parameter(text, text.length + 2)
  return digits(new TextEncoder().encode(text), '_utf8mb4 ')
}

function digits(bytes: Uint8Array, kind: string): Term {
  return { sql: `${kind}X'${hexOf(bytes)}'`, values: [], size: 2 * bytes.length + 12 }
}

function parameter(value: unknown, size: number): Term {
  return { sql: '?', values: [value], size }
}
