import { UsageError } from '../errors.ts'

/** A flag of a command that means nothing without another. */
export function needs(command: string, flag: string, other: string): UsageError {
  return new UsageError(`Cannot run ${command}: ${flag} needs ${other}`)
}
