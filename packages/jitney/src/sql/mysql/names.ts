import { refusal } from '../../platform/errors.ts'

/** What names are quoted with. */
export const mark = '`'

/** Refuses what clients would take for a placeholder, also in quotes. */
export function checkNames(action: string, names: readonly string[]): void {
  for (const name of names) {
    if (name.includes('?')) {
      throw refusal(action, 'name', "a name without '?'", name, 'JITNEY_OUT_OF_RANGE')
    }
  }
}
