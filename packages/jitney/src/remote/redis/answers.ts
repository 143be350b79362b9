import type { Claim } from '../transport.ts'
import { Packed } from './packed.ts'

/** A text or a number that the server gave. */
export function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)
}

export function numberOf(value: unknown): number {
  return Number(textOf(value))
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A flat list in rows of so many. */
export function* rows(value: unknown, width: number): Generator<readonly unknown[]> {
  const list = listOf(value)
  for (let at = 0; at < list.length; at += width) yield list.slice(at, at + width)
}

/** Bytes of their own: what the server gave may lie in a buffer with much else. */
export function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array()
}

export function claimsOf(value: unknown): Claim[] {
  const packed = new Packed(value)
  const claims: Claim[] = []
  while (packed.left > 0) {
    const token = packed.text()
    const body = packed.bytes()
    const attempt = packed.number()
    const crashes = packed.number()
    const left = packed.number()
    const timeToLive = left < 0 ? Infinity : left
    claims.push({ token, id: partsOf(token)[0], body, attempt, crashes, timeToLive })
  }
  return claims
}

/** A token is an id and a generation. */
export function partsOf(token: string): [id: string, generation: string] {
  const end = token.lastIndexOf('/')
  return [token.slice(0, end), token.slice(end + 1)]
}

/** An id is a client and a sequence. */
export function clientOf(id: string): string {
  return id.slice(0, id.lastIndexOf(':'))
}

/** The entries of the one stream that was read: pairs in a list, or a map. */
export function entriesOf(answer: unknown): readonly (readonly [id: string, fields: unknown])[] {
  if (answer === null || answer === undefined) return []
  const [first] = Array.isArray(answer) ? answer : Object.entries(answer)
  const entries = Array.isArray(first) ? first[1] : Array.isArray(answer) ? answer[1] : undefined
  return listOf(entries).map((entry) => {
    const [id, fields] = entry as [unknown, unknown]
    return [textOf(id), fields]
  })
}
