import { cutResult } from './cut-results.ts'
import { ItemError } from './item-error.ts'
import type { Result } from './job.ts'

/** A line of `POST /NAME/batch` of `jitney serve`: a result, an error, or the last line. */
interface AnswerLine {
  readonly index?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

/**
 * The results in an answer of lines `{ index, result }` or `{ index, error }`, in any order. What is
 * missing, because the answer was cut off, is an error of its item.
 */
export function readNdjsonAnswer(text: string, count: number): readonly Result[] {
  const results: Result[] = Array.from({ length: count }, () => missing())
  for (const line of text.split('\n')) {
    const { index, result, error } = readLine(line)
    if (typeof index !== 'number' || !(index in results)) continue
    results[index] =
      error === undefined
        ? (cutResult(line, index) ?? JSON.stringify(result ?? null))
        : failed(error)
  }
  return results
}

function readLine(line: string): AnswerLine {
  try {
    const value = JSON.parse(line) as AnswerLine | null
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function missing(): ItemError {
  return new ItemError('JITNEY_WRONG_ANSWER', 'The answer has no result for this item', {
    isRetryable: true,
  })
}

/** A message, or a problem of RFC 9457. */
function failed(error: unknown): ItemError {
  const { message, detail, title } = Object(error) as Record<string, unknown>
  const text = [error, message, detail, title].find((part) => typeof part === 'string')
  return new ItemError('JITNEY_ITEM_FAILED', text ?? JSON.stringify(error))
}
