import { RemoteError } from '../errors.ts'
import { jsonCodec } from './codec.ts'

/** What travels with an item beside its id, deadline and attempt, which transports know. */
export interface Envelope {
  readonly header: EnvelopeHeader
  /** The item, as its codec wrote it. */
  readonly payload: Uint8Array
}

/** Read only by workers: fields that they do not know are ignored. */
export interface EnvelopeHeader {
  /** Items with different batch keys never share a batch. */
  readonly key?: string | undefined
  /** The order among what a worker holds. */
  readonly priority?: number | undefined
  /** Trace context, as in the headers of a request: `traceparent`, `tracestate`. */
  readonly trace?: Readonly<Record<string, string>> | undefined
}

/** The first byte. A worker hands on what has another: a newer one may know it. */
const version = 1
/** The version, and how long the header is. */
const prefix = 5
const nothing = /* @__PURE__ */ new Uint8Array()

/** The version, the length of the header as 32 bits (big-endian), the header as JSON, the payload. */
export function writeEnvelope({ header, payload }: Envelope): Uint8Array {
  // Most items have none.
  const text = Object.keys(header).length === 0 ? nothing : jsonCodec.encode(header)
  const start = prefix + text.byteLength
  const bytes = new Uint8Array(start + payload.byteLength)
  bytes[0] = version
  if (text !== nothing) {
    new DataView(bytes.buffer).setUint32(1, text.byteLength)
    bytes.set(text, prefix)
  }
  bytes.set(payload, start)
  return bytes
}

/** @throws RemoteError for what is no envelope of this version. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  if (bytes[0] !== version || bytes.byteLength < prefix) throw unknown(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = prefix + view.getUint32(1)
  if (start > bytes.byteLength) throw unknown(bytes)
  const payload = bytes.subarray(start)
  if (start === prefix) return { header: {}, payload }
  return { header: readHeader(jsonCodec.decode(bytes.subarray(prefix, start))), payload }
}

/** Anybody may have written it. */
function readHeader(value: unknown): EnvelopeHeader {
  const { key, priority, trace } = Object(value) as Record<string, unknown>
  const entries = Object.entries(Object(trace) as object)
  const texts = entries.filter(([, text]) => typeof text === 'string')
  return {
    ...(typeof key === 'string' && { key }),
    ...(Number.isFinite(priority) && { priority: priority as number }),
    ...(texts.length > 0 && { trace: Object.fromEntries(texts) as Record<string, string> }),
  }
}

function unknown(bytes: Uint8Array): RemoteError {
  const what = bytes.byteLength === 0 ? 'it is empty' : `its version is ${bytes[0]}`
  return new RemoteError(
    'JITNEY_REMOTE_VERSION',
    `Cannot read item: expected an envelope of version ${version}, ${what}`,
  )
}
