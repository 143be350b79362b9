import type { Format } from './item.ts'
import type { ItemError } from './item-error.ts'
import type { Result } from './job.ts'
import type { Line } from './line.ts'

/** What became of a line. */
export interface Outcome {
  readonly line: Line
  readonly result: Result
}

/** The line of output of an item. */
export function outputLine({ line: { index }, result }: Outcome): string {
  return typeof result === 'string'
    ? `{"index":${index},"result":${result}}\n`
    : `{"index":${index},"error":${describe(result)}}\n`
}

/** The line of a failed item for `--errors`, with the item unless it could not be read. */
export function errorLine({ index, text }: Line, error: ItemError, format: Format): string {
  const isUnreadable = error.code === 'JITNEY_LINE_TOO_LONG' || text === ''
  const isJson = format === 'ndjson' && error.code !== 'JITNEY_LINE_MALFORMED'
  const item = isUnreadable ? '' : `"item":${isJson ? text.trim() : JSON.stringify(text)},`
  return `{"index":${index},${item}"error":${describe(error)}}\n`
}

function describe({ code, status, message }: ItemError): string {
  return JSON.stringify({ code, status, message })
}

/** Whether something has this shape; of what was written before, nothing else can go on. */
export function isOutputLine(value: unknown): value is { readonly index: number } {
  if (typeof value !== 'object' || value === null || !('index' in value)) return false
  return Number.isSafeInteger(value.index) && ('result' in value || 'error' in value)
}
