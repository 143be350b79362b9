import type { Reply } from './reply.ts'

const format =
  '{"id": …, "results": […]} on a line of its own; other output belongs on standard error'

/** @throws Error that says what was expected, and what came. */
export function readAnswer(line: string): { readonly id: unknown; readonly reply: Reply } {
  let answer: unknown
  try {
    answer = JSON.parse(line)
  } catch {
    throw unexpected(line)
  }
  if (!isObject(answer)) throw unexpected(line)
  const { id, results, errors, retries, error } = answer
  if (error !== undefined && error !== null) return { id, reply: { error } }
  if (results !== undefined && results !== null && !Array.isArray(results)) throw unexpected(line)
  if (!('results' in answer) || !isMap(errors) || !isMap(retries)) throw unexpected(line)
  // Without a list nobody knows which items the others are.
  if (!Array.isArray(results) && (errors ?? retries) != null) throw unexpected(line)
  for (const index of [...Object.keys(errors ?? {}), ...Object.keys(retries ?? {})]) {
    // A failure that belongs to no item would be taken for success.
    if (!/^\d+$/.test(index) || Number(index) >= (results as unknown[]).length) {
      throw unexpected(line)
    }
  }
  for (const after of Object.values(retries ?? {})) {
    if (typeof after !== 'number' || !(after >= 0)) throw unexpected(line)
  }
  const reply = { results: results ?? undefined, errors: errors ?? undefined } as const
  return {
    id,
    reply: { ...reply, retries: (retries as Record<string, number> | null) ?? undefined },
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isMap(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || isObject(value)
}

function unexpected(line: string): Error {
  return new Error(`expected ${format}, received ${line.slice(0, 200)}`)
}
