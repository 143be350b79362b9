import { refusal } from '../platform/errors.ts'

const encoder = /* @__PURE__ */ new TextEncoder()

/** An item as JSON. Throws what says why it cannot be. */
export function jsonOf(action: string, name: string, value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw refusal(action, name, 'a value that JSON can hold', value)
  return text
}

/** Bytes of a text as UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length
}

/** What JSON says, or the text itself. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
