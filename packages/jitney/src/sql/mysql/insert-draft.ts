import { Room } from '../room.ts'
import type { Draft } from '../sql-batcher.ts'
import { isPlain, sizeOf, termOf } from './encode.ts'
import { mostParameters } from './limits.ts'

type Send<Result> = (
  rows: string,
  values: unknown[],
  length: number,
) => ReturnType<Draft<object, Result>['send']>

/**
 * Rows as `(…)`, each value a placeholder or digits. Nothing is kept of a row but what placeholders
 * stand for.
 *
 * @param size most bytes of a statement.
 * @param isNumbered whether rows begin with their ordinals, counted from 1.
 */
export function insertDraft<Result>(
  columns: readonly string[],
  action: string,
  size: number,
  isNumbered: boolean,
  send: Send<Result>,
): Draft<object, Result> {
  const most = Math.max(1, Math.floor(mostParameters / columns.length))
  const room = new Room(action, most, size)
  const values: unknown[] = []
  const rows: string[] = []
  const marks = columns.map(() => '?').join(', ')
  let isUniform = !isNumbered

  /** The text of a row, whose values are added. */
  const written = (fields: Record<string, unknown>): string => {
    const start = values.length
    for (let index = 0; index < columns.length; index += 1) {
      const value = fields[columns[index]!]
      if (!isPlain(value)) {
        values.length = start
        isUniform = false
        return columns.map((name) => termOf(fields[name], name, action, values)).join(', ')
      }
      values.push(value)
    }
    // Most rows: one text for all of them.
    return marks
  }

  return {
    add(row) {
      const start = values.length
      let isTaken = false
      try {
        const terms = written(Object(row) as Record<string, unknown>)
        const text = isNumbered ? `${rows.length + 1}, ${terms}` : terms
        // With its brackets, and what is before the next one.
        isTaken = room.take(text.length + sizeOf(values, start) + 5)
        if (isTaken) rows.push(text)
      } finally {
        if (!isTaken) values.length = start
      }
      return isTaken
    },
    send() {
      const { length } = rows
      const text = isUniform
        ? `${`(${marks}),\n`.repeat(length - 1)}(${marks})`
        : rows.map((terms) => `(${terms})`).join(',\n')
      // Else they would be there until the answer comes.
      rows.length = 0
      return send(text, values, length)
    },
  }
}
