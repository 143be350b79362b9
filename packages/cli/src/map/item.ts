import { ItemError } from './item-error.ts'
import type { Line } from './line.ts'

export type Format = 'lines' | 'ndjson'

/** One thing to do. */
export interface Item {
  readonly index: number
  /** The line as it came. */
  readonly text: string
  /** The same as JSON. */
  readonly json: string
  /** What the line says: its text, or what its JSON stands for. */
  readonly value: unknown
}

/** What a line says. Throws an `ItemError` if it is not what it should be. */
export function readItem({ index, text, problem }: Line, format: Format): Item {
  if (problem !== undefined) throw problem
  if (format === 'lines') {
    return {
      index,
      text,
      get json() {
        return JSON.stringify(text)
      },
      value: text,
    }
  }
  try {
    return { index, text, json: text, value: JSON.parse(text) }
  } catch (error) {
    const reason = text.trim() === '' ? 'it is empty' : (error as Error).message
    throw new ItemError(
      'JITNEY_LINE_MALFORMED',
      `The line is not JSON: ${reason} (--format lines takes text)`,
      { cause: error },
    )
  }
}
