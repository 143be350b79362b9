import { Room } from '../room.ts'
import type { Draft } from '../sql-batcher.ts'
import { arrayText, type Element, type Text, textOf } from './encode.ts'
import type { InsertPlan } from './insert-plan.ts'
import { bytesOf, mostBytes, mostParameters } from './limits.ts'

/** Parts of one statement: PostgreSQL reads them one inside the other. */
const mostParts = 500

type Send<Result> = (
  sql: string,
  values: string[] | Text[],
  length: number,
) => ReturnType<Draft<object, Result>['send']>

/** Rows as one array per column. Nothing is kept of a row but what cannot change. */
export function columnsDraft<Result>(
  { columns, sqlOf }: InsertPlan,
  action: string,
  send: Send<Result>,
): Draft<object, Result> {
  const room = new Room(action, Infinity, mostBytes)
  const arrays = columns.map((): Element[] => [])
  let length = 0
  return {
    add(row) {
      const fields = Object(row) as Record<string, unknown>
      let size = 0
      let isTaken = false
      try {
        for (let index = 0; index < columns.length; index += 1) {
          const { name, form } = columns[index]!
          const value = fields[name]
          const isPlain = form === 'plain' && Number.isFinite(value)
          const element = isPlain ? (value as number) : textOf(value, form, name)
          arrays[index]!.push(element)
          size += bytesOf(element)
        }
        isTaken = room.take(size)
      } finally {
        if (isTaken) length += 1
        else for (const array of arrays) array.length = length
      }
      return isTaken
    },
    send() {
      const values = arrays.map(arrayText)
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
