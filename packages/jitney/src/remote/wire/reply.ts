import { readError, writeError } from '../../worker/error-record.ts'
import { isRemoteErrorCode, RemoteError } from '../errors.ts'
import { type Codec, jsonCodec } from './codec.ts'

/** What a reply says. */
export type RemoteOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }

const version = 1
/** The second byte: what follows. */
const kinds = { undefined: 0, value: 1, error: 2 } as const
const prefix = 2

/** Throws what the codec throws. */
export function writeValue(codec: Codec, value: unknown): Uint8Array {
  if (value === undefined) return framed(kinds.undefined, new Uint8Array())
  return framed(kinds.value, codec.encode(value))
}

/** The error's name, message, fields and causes, as far as JSON has them. */
export function writeFailure(error: unknown): Uint8Array {
  return framed(kinds.error, jsonCodec.encode(writeError(error, isWritable)))
}

/** What cannot be read is an error as well: whoever waits has to hear something. */
export function readReply(codec: Codec, bytes: Uint8Array): RemoteOutcome {
  try {
    const content = bytes.subarray(prefix)
    if (bytes[0] === version && bytes[1] === kinds.undefined) return { ok: true, value: undefined }
    if (bytes[0] === version && bytes[1] === kinds.value) {
      return { ok: true, value: codec.decode(content) }
    }
    if (bytes[0] === version && bytes[1] === kinds.error) {
      return { ok: false, error: revived(readError(jsonCodec.decode(content))) }
    }
  } catch (error) {
    return { ok: false, error: unreadable('it cannot be decoded', error) }
  }
  return { ok: false, error: unreadable(`its version is ${bytes[0]}`) }
}

function unreadable(why: string, cause?: unknown): RemoteError {
  return new RemoteError('JITNEY_REMOTE_VERSION', `Cannot read reply: ${why}`, { cause })
}

/** Errors of ours are of their class again, so that callers can tell them by it. */
function revived(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'RemoteError') return error
  const { code } = error as Partial<RemoteError>
  if (!isRemoteErrorCode(code)) return error
  return new RemoteError(code, error.message, { cause: error.cause })
}

function framed(kind: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix + content.byteLength)
  bytes[0] = version
  bytes[1] = kind
  bytes.set(content, prefix)
  return bytes
}

function isWritable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}
