import type { Answer } from './client.ts'

/** What any request may be told for want of room or time. */
export const refusals = [
  'JITNEY_QUEUE_FULL',
  'JITNEY_BYTES_FULL',
  'JITNEY_STREAMS_FULL',
  'JITNEY_CLOSING',
]
let last = 0

/** Items are numbers, each used once. */
export function nextNumber(): number {
  last += 1
  return last
}

export function below(bound: number): number {
  return Math.floor(Math.random() * bound)
}

export function oneOf<Value>(values: readonly Value[]): Value {
  return values[below(values.length)]!
}

export function wrong(what: string, asked: string, { status, body }: Answer): never {
  throw new Error(`${what} got ${status} ${body.slice(0, 300)} for ${asked.slice(0, 100)}`)
}

/** The code of a problem, which must be one. */
export function codeOf(what: string, asked: string, answer: Answer): string {
  const { status, code } = JSON.parse(answer.body) as { status: number; code: string }
  if (status !== answer.status || !code.startsWith('JITNEY_')) wrong(what, asked, answer)
  return code
}
