import { refusal } from '../platform/errors.ts'

/** A number in a range that is known only now. */
export function within(
  action: string,
  name: string,
  allowed: string,
  value: unknown,
  fits: boolean,
): number {
  if (typeof value === 'number' && fits) return value
  throw refusal(
    action,
    name,
    allowed,
    value,
    typeof value === 'number' ? 'JITNEY_OUT_OF_RANGE' : undefined,
  )
}
