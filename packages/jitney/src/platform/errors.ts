import { describe } from './describe.ts'

/** What an error of a wrong argument or result says besides its message. */
type Code =
  | 'JITNEY_WRONG_TYPE'
  | 'JITNEY_OUT_OF_RANGE'
  | 'JITNEY_UNKNOWN_OPTION'
  | 'JITNEY_WRONG_RESULT'

/** The error that names the value, what is allowed and what came. */
export function refusal(
  action: string,
  name: string,
  allowed: string,
  value: unknown,
  code: Code = 'JITNEY_WRONG_TYPE',
): Error {
  const Kind = code === 'JITNEY_OUT_OF_RANGE' ? RangeError : TypeError
  return Object.assign(
    Kind(`Cannot ${action}: '${name}' must be ${allowed}, received ${describe(value)}`),
    { code },
  )
}
