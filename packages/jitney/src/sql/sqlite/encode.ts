import { refusal } from '../../platform/errors.ts'
import { bytesIn } from '../bytes-in.ts'

/** A value as both clients bind it. Throws a TypeError or RangeError for what no column holds. */
export function bound(value: unknown, name: string, action: string): unknown {
  switch (typeof value) {
    case 'string':
    case 'bigint':
      return value
    case 'undefined':
      return null
    case 'boolean':
      return value ? 1 : 0
    case 'number':
      // SQLite would make it NULL.
      if (!Number.isNaN(value)) return value
      throw refusal(action, name, 'a number', value, 'JITNEY_OUT_OF_RANGE')
    case 'object':
      return value === null ? value : boundObject(value, name, action)
    default:
      throw refusal(action, name, 'a value that a database can hold', value)
  }
}

function boundObject(value: object, name: string, action: string): unknown {
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return value.toISOString()
    throw refusal(action, name, 'a valid Date', value)
  }
  const bytes = bytesIn(value)
  if (bytes !== undefined) return bytes
  const json: string | undefined = JSON.stringify(value)
  if (json === undefined) throw refusal(action, name, 'a value that JSON can hold', value)
  return json
}
