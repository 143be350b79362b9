import { kindOf, type Outcome } from '../batcher/outcome.ts'
import { describe } from '../platform/describe.ts'
import { isCloneable } from './cloneable.ts'
import { writeError } from './error-record.ts'
import type { Reply } from './reply.ts'

/** The outcomes of a batch function as data, each by itself: one that cannot cross over fails alone. */
export async function writeReply(returned: unknown): Promise<Reply> {
  if (returned === undefined || ArrayBuffer.isView(returned)) return { results: returned }
  if (!isListed(returned)) {
    if (!isCloneable(returned)) throw notCloneable(returned)
    return { results: returned }
  }
  const results: unknown[] = []
  const errors: Record<string, unknown> = {}
  const retries: Record<string, number> = {}
  const settled = await Promise.allSettled(Array.from(returned))
  for (const [index, one] of settled.entries()) {
    const kind = one.status === 'rejected' ? 'error' : kindOf(one.value)
    const value = valueOf(one, kind)
    results[index] = undefined
    if (kind === 'retry') retries[index] = value as number
    else if (kind === 'error' || (kind === undefined && value instanceof Error)) {
      errors[index] = writeError(value, isCloneable)
    } else if (isCloneable(value)) results[index] = value
    else errors[index] = writeError(notCloneable(value), isCloneable)
  }
  const isClean = Object.keys(errors).length + Object.keys(retries).length === 0
  return isClean ? { results } : { results, errors, retries }
}

function valueOf(one: PromiseSettledResult<unknown>, kind: string | undefined): unknown {
  if (one.status === 'rejected') return one.reason
  return kind === undefined ? one.value : (one.value as Outcome & { content: unknown }).content
}

function isListed(value: unknown): value is ArrayLike<unknown> {
  return typeof value === 'object' && value !== null && 'length' in value
}

function notCloneable(value: unknown): Error {
  return Object.assign(
    new TypeError(`Cannot send result to the caller's thread: ${describe(value)} cannot be cloned`),
    { code: 'JITNEY_RESULT_NOT_SENDABLE' },
  )
}
