import { Room } from '../room.ts'
import type { Draft } from '../sql-batcher.ts'
import { elementOf, type Text, textOf } from './encode.ts'
import type { InsertPlan } from './insert-plan.ts'
import { bytesOf, mostBytes, mostParameters } from './limits.ts'

/** Parts of one statement: PostgreSQL reads them one inside the other. */
const mostParts = 500

type Send<Result> = (
  sql: string,
  values: string[] | Text[],
  length: number,
) => ReturnType<Draft<object, Result>['send']>

/** Rows as one array per column, written as they come: nothing is kept of a row but text. */
export function columnsDraft<Result>(
  { columns, sqlOf }: InsertPlan,
  action: string,
  send: Send<Result>,
): Draft<object, Result> {
  const room = new Room(action, Infinity, mostBytes)
  const arrays = columns.map((): string[] => [])
  const elements: string[] = []
  return {
    add(row) {
      const fields = Object(row) as Record<string, unknown>
      let size = 0
      for (let index = 0; index < columns.length; index += 1) {
        const { name, form } = columns[index]!
        const value = fields[name]
        // What has digits alone needs no quotes.
        const element =
          typeof value === 'number' && form === 'plain'
            ? String(value)
            : elementOf(textOf(value, form, name))
        elements[index] = element
        size += bytesOf(element)
      }
      if (!room.take(size)) return false
      for (let index = 0; index < columns.length; index += 1) arrays[index]!.push(elements[index]!)
      return true
    },
    send() {
      const { length } = arrays[0]!
      const values = arrays.map((array) => `{${array.join(',')}}`)
      // Else the elements would be there until the answer comes.
      arrays.length = 0
      return send(sqlOf(length), values, length)
    },
  }
}

/** Rows as one parameter per value. */
export function valuesDraft<Result>(
  { columns, sqlOf }: InsertPlan,
  action: string,
  send: Send<Result>,
): Draft<object, Result> {
  const most = Math.min(mostParts, Math.floor(mostParameters / columns.length))
  const room = new Room(action, most, mostBytes)
  const values: Text[] = []
  let length = 0
  return {
    add(row) {
      const fields = Object(row) as Record<string, unknown>
      const texts = columns.map(({ name, form }) => textOf(fields[name], form, name))
      if (!room.take(texts.reduce((sum, text) => sum + bytesOf(text), 0))) return false
      values.push(...texts)
      length += 1
      return true
    },
    send: () => send(sqlOf(length), values, length),
  }
}
