import { readEnvelope, type DeadLetter, type QueuedItem } from 'jitney/remote'
import { printable } from '../terminal/printable.ts'

const longest = 120

/** An item for programs: its payload as JSON where it is, else as base64. */
export function itemRecord(item: QueuedItem & Partial<DeadLetter>): object {
  const { id, attempts, age, reason } = item
  return {
    id,
    attempts,
    age,
    ...(reason !== undefined && { reason }),
    ...contentOf(item.body),
  }
}

/** An item for people, on one line. */
export function itemLine(item: QueuedItem & Partial<DeadLetter>): string {
  const { id, attempts, age, reason } = item
  const { key, payload, bytes } = contentOf(item.body)
  const content = bytes === undefined ? JSON.stringify(payload) : `${bytes} (base64)`
  const parts = [
    id,
    `${(age / 1000).toFixed(1)} s`,
    `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    ...(reason === undefined ? [] : [reason]),
    ...(key === undefined ? [] : [`key ${key}`]),
    content,
  ]
  // Anybody may have written it.
  return parts.map((part) => printable(part.slice(0, longest))).join('  ')
}

interface Content {
  readonly key?: string | undefined
  readonly payload?: unknown
  readonly bytes?: string
}

function contentOf(body: Uint8Array): Content {
  try {
    const { header, payload } = readEnvelope(body)
    const { key } = header
    return { ...(key !== undefined && { key }), ...payloadOf(payload) }
  } catch {
    return { bytes: Buffer.from(body).toString('base64') }
  }
}

function payloadOf(payload: Uint8Array): Content {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
    return { payload: JSON.parse(text) as unknown }
  } catch {
    return { bytes: Buffer.from(payload).toString('base64') }
  }
}
