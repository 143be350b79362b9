import { describe } from './describe.ts'

/** What an error of a wrong argument or result says besides its message, after `JITNEY_`. */
type Code = 'WRONG_TYPE' | 'OUT_OF_RANGE' | 'UNKNOWN_OPTION' | 'WRONG_RESULT'

/** What names the value, what is allowed and what came. */
export function refusal(
  code: Code,
  action: string,
  name: string,
  allowed: string,
  value: unknown,
): Error {
  const Kind = code === 'OUT_OF_RANGE' ? RangeError : TypeError
  const message = `Cannot ${action}: '${name}' must be ${allowed}, received ${describe(value)}`
  return Object.assign(new Kind(message), { code: `JITNEY_${code}` })
}

/** Throws it. */
export function refuse(...why: Parameters<typeof refusal>): never {
  throw refusal(...why)
}
