import { isUtf8 } from 'node:buffer'
import { parse } from 'secure-json-parse'
import { ProblemError } from './problem.ts'

/** More nesting than data has, and less than makes a recursive function overflow the stack. */
const maxDepth = 1000

const openingBrace = 0x7b
const closingBrace = 0x7d
const openingBracket = 0x5b
const closingBracket = 0x5d
const quote = 0x22
const backslash = 0x5c

/**
 * Reads a JSON text of any kind. Refuses what is not UTF-8 or not JSON, what would change an
 * object's prototype, and what is nested too deep to be handled safely.
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) refuse('it is not UTF-8')
  if (isTooDeep(body)) refuse(`it is nested deeper than ${maxDepth} levels`)
  try {
    return parse(body.toString('utf8')) as unknown
  } catch (error) {
    refuse((error as Error).message)
  }
}

/** Brackets and braces outside strings: exact for JSON, and for anything else the parser refuses it. */
function isTooDeep(body: Buffer): boolean {
  if (body.length <= maxDepth) return false
  let depth = 0
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]
    if (byte === quote) index = endOfString(body, index)
    else if (byte === openingBrace || byte === openingBracket) {
      if (++depth > maxDepth) return true
    } else if (byte === closingBrace || byte === closingBracket) depth--
  }
  return false
}

function endOfString(body: Buffer, start: number): number {
  let end = body.indexOf(quote, start + 1)
  while (end !== -1 && isEscaped(body, end)) end = body.indexOf(quote, end + 1)
  return end === -1 ? body.length : end
}

function isEscaped(body: Buffer, index: number): boolean {
  let backslashes = 0
  while (body[index - 1 - backslashes] === backslash) backslashes++
  return backslashes % 2 === 1
}

function refuse(reason: string): never {
  throw new ProblemError({
    status: 400,
    code: 'JITNEY_BODY_NOT_JSON',
    detail: `The body is not the JSON of an item: ${reason}`,
  })
}
