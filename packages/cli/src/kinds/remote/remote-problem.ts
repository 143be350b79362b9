import { OutcomeUnknownError, RemoteAbortedError, RemoteError } from 'jitney/remote'
import type { Problem } from '../../server/problem.ts'

const words: Readonly<Record<RemoteError['code'], readonly [status: number, detail: string]>> = {
  JITNEY_REMOTE_DEADLINE: [504, 'No worker was done with the item in time.'],
  JITNEY_REMOTE_GIVEN_UP: [502, 'Every attempt of the workers at the item failed.'],
  JITNEY_REMOTE_PURGED: [502, 'The item was taken out of the queue.'],
  JITNEY_REMOTE_VERSION: [502, 'The service and a worker do not understand each other.'],
}

const unknown: Problem = {
  status: 502,
  code: 'JITNEY_OUTCOME_UNKNOWN',
  detail: 'Nobody can tell whether the item was done: the queue could not be reached for too long.',
}

const stopped: Problem = {
  status: 503,
  code: 'JITNEY_REMOTE_ABORTED',
  detail: 'The service stopped before there was a result; the item may be done all the same.',
}

const tooLarge: Problem = {
  status: 413,
  code: 'JITNEY_BODY_TOO_LARGE',
  detail: 'The item is larger than the queue behind this route takes.',
}

/** By name: a worker's failures are not of their class any more when they come. */
const ofWorkers: Readonly<Record<string, Problem>> = {
  BatchError: {
    status: 502,
    code: 'JITNEY_BATCH_FAILED',
    detail: 'The batch of this item failed.',
  },
  BatchTimeoutError: {
    status: 504,
    code: 'JITNEY_BATCH_TIMEOUT',
    detail: 'The batch of this item took too long.',
  },
}

/** What callers are told when the queue behind a route has no result; `undefined` for another failure. */
export function remoteProblem(error: unknown): Problem | undefined {
  if (error instanceof RemoteError) {
    const [status, detail] = words[error.code]
    return { status, code: error.code, detail }
  }
  if (error instanceof OutcomeUnknownError) return unknown
  if (error instanceof RemoteAbortedError) return stopped
  if (error instanceof RangeError) return tooLarge
  if (!(error instanceof Error) || !Object.hasOwn(ofWorkers, error.name)) return undefined
  // Those of this side are of their class.
  return Object.hasOwn(error, 'name') ? ofWorkers[error.name] : undefined
}
