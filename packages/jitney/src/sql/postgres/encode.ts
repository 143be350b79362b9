import { refusal } from '../../platform/errors.ts'
import { hexOf } from '../../platform/hex.ts'
import { bytesIn } from '../bytes-in.ts'

/** A value as PostgreSQL reads it from text; `null` is NULL. */
export type Text = string | null

/** What becomes an element of an array. A number is finite, and needs no quotes. */
export type Element = Text | number

/** How a column's values are written. */
export type Form = 'json' | 'array' | 'json array' | 'plain'

/** Writes a value for a column of this form. Throws a TypeError for what no column holds. */
export function textOf(value: unknown, form: Form, name: string): Text {
  if (value === null || value === undefined) return null
  if (form === 'json') return jsonOf(value, name)
  if (Array.isArray(value)) {
    if (form === 'plain') return jsonOf(value, name)
    const parts = value.map((each: unknown) =>
      Array.isArray(each) && form === 'array'
        ? // Arrays of arrays are one value of several dimensions.
          (textOf(each, form, name) ?? 'NULL')
        : elementOf(textOf(each, form === 'json array' ? 'json' : 'plain', name)),
    )
    return `{${parts.join(',')}}`
  }
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      return objectText(value, name)
    default:
      throw refusal('store row', name, 'a value that a database can hold', value)
  }
}

/** An element of an array in text. */
export function elementOf(text: Text): string {
  if (text === null) return 'NULL'
  return /["\\]/.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`
}

/** An array in text. */
export function arrayText(elements: readonly Element[]): string {
  const json = JSON.stringify(elements)
  // Where nothing had to be escaped JSON differs in its brackets alone, and is written in one go.
  if (!json.includes('\\')) return `{${json.slice(1, -1)}}`
  const texts = elements.map((element) => elementOf(element === null ? null : String(element)))
  return `{${texts.join(',')}}`
}

function objectText(value: object, name: string): string {
  if (value instanceof Date) return dateText(value, name)
  const bytes = bytesIn(value)
  if (bytes !== undefined) return `\\x${hexOf(bytes)}`
  // As pg writes objects of its own kinds, intervals and points for two.
  const { toPostgres } = value as { toPostgres?: unknown }
  if (typeof toPostgres === 'function') return String(toPostgres.call(value, String))
  return jsonOf(value, name)
}

function jsonOf(value: unknown, name: string): string {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw refusal('store row', name, 'a value that JSON can hold', value)
  return text
}

/**
 * With the local offset, as pg writes dates: for columns without a time zone PostgreSQL leaves the
 * offset out, and pg reads them as local time.
 */
function dateText(date: Date, name: string): string {
  const year = date.getFullYear()
  if (Number.isNaN(year)) throw refusal('store row', name, 'a valid Date', date)
  const pad = (number: number, length = 2): string => String(number).padStart(length, '0')
  const offset = -date.getTimezoneOffset()
  const zone = Math.abs(offset)
  const day = `${pad(year > 0 ? year : 1 - year, 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`
  const shift = `${offset < 0 ? '-' : '+'}${pad(Math.floor(zone / 60))}:${pad(Math.floor(zone % 60))}`
  return `${day}T${clock}${shift}${year > 0 ? '' : ' BC'}`
}
