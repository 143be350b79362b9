import { outOfRange, wrongType } from '../platform/errors.ts'

/** What is of the type of `kind`, a number by default, and `fits`. */
export function within<Value>(
  action: string,
  name: string,
  allowed: string,
  value: Value,
  fits: boolean,
  kind: unknown = 0,
): Value {
  const isKind = typeof value === typeof kind
  if (isKind && fits) return value
  throw (isKind ? outOfRange : wrongType)(action, name, allowed, value)
}
