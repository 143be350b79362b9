import { show } from '../arguments/show.ts'
import { printable } from '../terminal/printable.ts'

/** What an error says, on one line; that of several addresses has none of its own. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return show(error)
  const { message, errors } = error as Error & { readonly errors?: readonly unknown[] }
  if (message === '' && errors?.[0] !== undefined) return messageOf(errors[0])
  return printable(message || error.name)
}
