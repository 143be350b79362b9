import { isUint8Array } from 'node:util/types'
import type { FastifyReply } from 'fastify'
import { ProblemError } from './problem.ts'
import { sendPlain } from './send-plain.ts'

const jsonType = 'application/json; charset=utf-8'

/**
 * Answers with an item's result: bytes as they are, `undefined` as 204, anything else as JSON.
 * Throws if JSON cannot hold it; then nothing was sent yet.
 */
export function sendResult(reply: FastifyReply, result: unknown): void {
  if (result === undefined) void reply.code(204).send()
  else if (isUint8Array(result)) void reply.type('application/octet-stream').send(result)
  else sendPlain(reply, { status: 200, type: jsonType, text: jsonOf(result) })
}

/** Throws a `ProblemError` if JSON cannot hold it. */
export function jsonOf(result: unknown): string {
  let reason: unknown
  try {
    const text = JSON.stringify(result) as string | undefined
    if (text !== undefined) return text
    reason = new TypeError(`Cannot make JSON of a ${typeof result}`)
  } catch (error) {
    reason = error
  }
  throw new ProblemError(
    {
      status: 500,
      code: 'JITNEY_RESULT_NOT_JSON',
      detail: 'The result of this item cannot be sent.',
    },
    { cause: reason },
  )
}
