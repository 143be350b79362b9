import { refusal } from '../../platform/errors.ts'
import { typed } from '../../platform/guards.ts'
import { unsendable } from '../../worker/unsendable-error.ts'
import type { EnvelopeHeader } from '../wire/envelope.ts'
import { writeEnvelope } from '../wire/envelope.ts'
import type { RemoteSettings } from './options.ts'

const action = 'process item'
const isKey = /* @__PURE__ */ typed<string>('string')

/**
 * An item as it travels. Throws what `batchKey` and `trace` throw, an UnsendableError for what the
 * codec refuses, a RangeError for what is too large.
 */
export function encodeItem(settings: RemoteSettings, item: unknown, priority: number): Uint8Array {
  const { batchKey, codec, maxItemBytes, trace } = settings
  const header: EnvelopeHeader = {
    ...(batchKey && { key: isKey(action, 'batchKey', batchKey(item)) }),
    ...(priority !== 0 && { priority }),
    ...(trace && { trace: trace() }),
  }
  const body = writeEnvelope({ header, payload: encode(codec.encode, item) })
  if (body.byteLength <= maxItemBytes) return body
  const allowed = `at most ${maxItemBytes} bytes, which is 'maxItemBytes'`
  throw refusal(action, 'item', allowed, body.byteLength, 'JITNEY_OUT_OF_RANGE')
}

function encode(encodeWith: (item: unknown) => Uint8Array, item: unknown): Uint8Array {
  try {
    return encodeWith(item)
  } catch (error) {
    throw unsendable('a worker', error)
  }
}
