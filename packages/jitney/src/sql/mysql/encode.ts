import { refusal } from '../../platform/errors.ts'
import { hexOf } from '../../platform/hex.ts'
import { bytesIn } from '../bytes-in.ts'

/**
 * What a client escapes depends on the connection's `sql_mode` and character set, and mysql2 knows
 * neither. Text that could be read in two ways, or taken for a placeholder, is sent as digits.
 */
const ambiguous = /[^\u0020-\u007e]|["'?\\]/

/** Most that a placeholder's moment takes in a statement. */
export const bytesOfMoment: number = 32

/**
 * Writes a value in the only way in which it can be read. Clients send a statement as text whatever
 * they are given, and would have to look for each placeholder; only a moment is one, added to
 * `values`, since they know the connection's time zone. Throws a TypeError or RangeError for what no
 * column holds.
 */
export function termOf(value: unknown, name: string, action: string, values: unknown[]): string {
  switch (typeof value) {
    case 'undefined':
      return 'NULL'
    case 'string':
      return textTerm(value)
    case 'number':
      if (Number.isFinite(value)) return String(value)
      throw refusal(action, name, 'a finite number', value, 'JITNEY_OUT_OF_RANGE')
    case 'bigint':
      // As a text it would be compared as a fraction.
      return String(value)
    case 'boolean':
      return value ? '1' : '0'
    case 'object':
      return value === null ? 'NULL' : objectTerm(value, name, action, values)
    default:
      throw refusal(action, name, 'a value that a database can hold', value)
  }
}

function objectTerm(value: object, name: string, action: string, values: unknown[]): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refusal(action, name, 'a valid Date', value)
    values.push(value)
    return '?'
  }
  const bytes = bytesIn(value)
  if (bytes !== undefined) return digits(bytes, '')
  const json: string | undefined = JSON.stringify(value)
  if (json === undefined) throw refusal(action, name, 'a value that JSON can hold', value)
  return textTerm(json)
}

function textTerm(text: string): string {
  if (!ambiguous.test(text)) return `'${text}'`
  return digits(new TextEncoder().encode(text), '_utf8mb4 ')
}

function digits(bytes: Uint8Array, kind: string): string {
  return `${kind}X'${hexOf(bytes)}'`
}
