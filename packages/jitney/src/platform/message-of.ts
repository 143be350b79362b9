import { describe } from './describe.ts'

/** What was thrown, inside another message: without the name that every error has. */
export function messageOf(thrown: unknown): string {
  return describe(thrown).replace(/^Error: /, '')
}
