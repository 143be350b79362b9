import { parseJson } from '../../server/parse-json.ts'
import type { Message } from './read-tensors.ts'

/** Cuts a body into its JSON and the binary data behind it. */
export function readMessage(body: Buffer, length: string | undefined): Message {
  const end = length === undefined ? body.length : lengthOf(length, body.length)
  return { json: parseJson(body.subarray(0, end)), tail: body.subarray(end) }
}

function lengthOf(text: string, most: number): number {
  const length = /^\d+$/.test(text) ? Number(text) : NaN
  if (length <= most) return length
  throw new Error(
    `Inference-Header-Content-Length must be a number up to ${most}, received ${text}`,
  )
}
