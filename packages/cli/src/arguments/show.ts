import { inspect } from 'node:util'

/** A value as an error message shows it: short, on one line. */
export function show(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 80, maxArrayLength: 5 })
}
