import { isUtf8 } from 'node:buffer'
import { ItemError } from './item-error.ts'
import { messageOf } from './thrown-error.ts'

const lineEnds = /[\r\n]+/g

/** JSON on one line, with its numbers as they came: line ends stand only between its tokens. */
export function oneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replace(lineEnds, ' ') : json
}

/** Bytes as text. Throws an `ItemError` if they are none. */
export function textOf(bytes: Buffer, what: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw new ItemError('JITNEY_RESULT_NOT_TEXT', `${what} is neither JSON nor text in UTF-8`)
}

/** What a function returned, as JSON. Throws an `ItemError` if it cannot be. */
export function jsonOf(value: unknown, maxResultSize: number): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (error) {
    throw new ItemError(
      'JITNEY_RESULT_NOT_JSON',
      `The result cannot be written as JSON: ${messageOf(error).split('\n', 1)[0]}`,
      { cause: error },
    )
  }
  if (json === undefined) return 'null'
  if (json.length > maxResultSize) throw tooLarge('The result', maxResultSize)
  return json
}

export function tooLarge(what: string, maxResultSize: number): ItemError {
  return new ItemError(
    'JITNEY_RESULT_TOO_LARGE',
    `${what} is larger than the ${maxResultSize} bytes that --max-result-size allows`,
  )
}
