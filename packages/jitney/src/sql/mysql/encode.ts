import { refusal } from '../../platform/errors.ts'
import { hexOf } from '../../platform/hex.ts'
import { bytesIn } from '../bytes-in.ts'

/**
 * What a client escapes depends on the connection's `sql_mode` and character set, and mysql2 knows
 * neither. Text that could be read in two ways is sent as digits.
 */
const ambiguous = /[^\u0020-\u007e]|["'\\]/

/** Whether a placeholder stands for it as it is. */
export function isPlain(value: unknown): boolean {
  return typeof value === 'string' ? !ambiguous.test(value) : Number.isFinite(value)
}

/**
 * Writes a value: a placeholder, what that stands for being added to `values`, or digits, which
 * can be read in one way only. Throws a TypeError or RangeError for what no column holds.
 */
export function termOf(value: unknown, name: string, action: string, values: unknown[]): string {
  switch (typeof value) {
    case 'undefined':
      return 'NULL'
    case 'string':
      return textTerm(value, values)
    case 'number':
      if (Number.isFinite(value)) return parameter(value, values)
      throw refusal(action, name, 'a finite number', value, 'JITNEY_OUT_OF_RANGE')
    case 'bigint':
      // Digits alone. As a text it would be compared as a fraction.
      return String(value)
    case 'boolean':
      return parameter(value ? 1 : 0, values)
    case 'object':
      return value === null ? 'NULL' : objectTerm(value, name, action, values)
    default:
      throw refusal(action, name, 'a value that a database can hold', value)
  }
}

/** Bytes of what placeholders stand for. */
export function sizeOf(values: readonly unknown[], from = 0): number {
  let size = 0
  for (let index = from; index < values.length; index += 1) {
    const value = values[index]
    // Else a number or a moment.
    size += typeof value === 'string' ? value.length + 2 : 32
  }
  return size
}

function objectTerm(value: object, name: string, action: string, values: unknown[]): string {
  if (value instanceof Date) {
    // The client knows the connection's time zone.
    if (!Number.isNaN(value.getTime())) return parameter(value, values)
    throw refusal(action, name, 'a valid Date', value)
  }
  const bytes = bytesIn(value)
  if (bytes !== undefined) return digits(bytes, '')
  const json: string | undefined = JSON.stringify(value)
  if (json === undefined) throw refusal(action, name, 'a value that JSON can hold', value)
  return textTerm(json, values)
}

function textTerm(text: string, values: unknown[]): string {
  if (!ambiguous.test(text)) return parameter(text, values)
  return digits(new TextEncoder().encode(text), '_utf8mb4 ')
}

function digits(bytes: Uint8Array, kind: string): string {
  return `${kind}X'${hexOf(bytes)}'`
}

function parameter(value: unknown, values: unknown[]): string {
  values.push(value)
  return '?'
}
