import { outOfRange, wrongType } from '../platform/errors.ts'

/** A number in a range that is known only now. */
export function within(
  action: string,
  name: string,
  allowed: string,
  value: unknown,
  fits: boolean,
): number {
  if (typeof value === 'number' && fits) return value
  throw (typeof value === 'number' ? outOfRange : wrongType)(action, name, allowed, value)
}
