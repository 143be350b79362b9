import { BatchError } from '../../batcher/errors.ts'
import { messageOf } from '../../platform/message-of.ts'
import { refusal } from '../../platform/errors.ts'
import { RemoteError } from '../errors.ts'
import type { Claim, Completion } from '../transport.ts'
import { writeFailure, writeValue } from '../wire/reply.ts'
import type { Ending } from './held.ts'
import type { WorkerSettings } from './options.ts'

/** What the queue is told of an item that ended. Pure but for the jitter. */
export function completionOf(
  settings: WorkerSettings,
  claim: Claim,
  ending: Exclude<Ending, { kind: 'gone' }>,
): Completion {
  const { token } = claim
  switch (ending.kind) {
    case 'value':
      return { kind: 'reply', token, body: bodyOf(settings, ending.value) }
    case 'error':
      return { kind: 'reply', token, body: failureOf(settings, ending.error) }
    case 'late': {
      const error = new RemoteError('JITNEY_REMOTE_DEADLINE', 'Nobody waited for the item any more')
      return { kind: 'reply', token, body: writeFailure(error) }
    }
    case 'retry':
      return again(settings, claim, ending.after, 'the batch function asked for another attempt')
  }
}

/** The item's batch failed, and no smaller one is to be tried. */
export function completionAfter(
  settings: WorkerSettings,
  claim: Claim,
  error: unknown,
): Completion {
  const failure = error instanceof BatchError && error.cause !== undefined ? error.cause : error
  if (isWorthIt(settings, failure)) return again(settings, claim, 0, messageOf(failure), failure)
  return { kind: 'reply', token: claim.token, body: failureOf(settings, error) }
}

/** Nobody tries it any more. */
export function deadLetter(
  settings: WorkerSettings,
  { token }: Claim,
  attempts: number,
  reason: string,
  cause?: unknown,
): Completion {
  const times = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
  const message = `Cannot process item: given up after ${times}: ${reason}`
  const error = new RemoteError('JITNEY_REMOTE_GIVEN_UP', message, { cause })
  return { kind: 'dead', token, reason, body: failureOf(settings, error) }
}

function again(
  settings: WorkerSettings,
  claim: Claim,
  after: number,
  reason: string,
  cause?: unknown,
): Completion {
  const { maxDeliveries, retry } = settings
  const { attempt, token } = claim
  if (attempt >= maxDeliveries) return deadLetter(settings, claim, attempt, reason, cause)
  // Zero times infinity is no number.
  const longest = Math.min(retry.maxDelay, retry.minDelay * 2 ** (attempt - 1))
  return { kind: 'retry', token, delay: Math.max(after, Math.random() * longest || 0) }
}

function bodyOf(settings: WorkerSettings, value: unknown): Uint8Array {
  try {
    return checkSize(settings, writeValue(settings.codec, value))
  } catch (error) {
    return writeFailure(error)
  }
}

/** An error can be too large as well: then its message alone travels. */
function failureOf(settings: WorkerSettings, error: unknown): Uint8Array {
  const body = writeFailure(error)
  if (body.byteLength <= settings.maxResultBytes) return body
  return writeFailure(new Error(messageOf(error).slice(0, 1000)))
}

function checkSize({ maxResultBytes }: WorkerSettings, body: Uint8Array): Uint8Array {
  if (body.byteLength <= maxResultBytes) return body
  const allowed = `at most ${maxResultBytes} bytes, which is 'maxResultBytes'`
  throw refusal('send result', 'result', allowed, body.byteLength, 'JITNEY_OUT_OF_RANGE')
}

/** What throws, or says anything but `true`, does not hold. */
function isWorthIt({ retry }: WorkerSettings, error: unknown): boolean {
  try {
    return (retry.when(error) as unknown) === true
  } catch {
    return false
  }
}
