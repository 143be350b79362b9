import type { DepartureReason } from 'jitney'

import type { Answer, Later } from './answer.ts'
import { type Entry, isAwaited } from './entry.ts'

/** One batch, from the moment it is cut until its function and all its outcomes have ended. */
export interface Run {
  readonly reasons: readonly DepartureReason[]
  /** Whether it holds a permit of the semaphore that is shared. */
  readonly hasPermit: boolean
  /** Those it was cut with, then those whose items it was given, less those who go on without it. */
  entries: readonly Entry[]
  /** Those whose items it was given, and which attempt it was for each. */
  given: readonly Entry[]
  attempts: readonly number[]
  state: 'cut' | 'running' | 'returned'
  /** When the batch function was called. */
  start: number
  /** Whether its time is over, though callers wait for another attempt. */
  timedOut: boolean
  /** What the function came to, once it did. */
  answer: Answer | undefined
  /** Outcomes that are promises and did not settle. */
  open: OpenOutcome[]
  /** `undefined`: either is right. */
  signalAborted: boolean | undefined
}

export interface OpenOutcome {
  readonly entry: Entry
  readonly later: Later
  /** Whether it came to something, though that is not known yet. */
  hasEnded: boolean
}

export function newRun(
  entries: readonly Entry[],
  reasons: readonly DepartureReason[],
  hasPermit: boolean,
): Run {
  return {
    reasons,
    hasPermit,
    entries,
    given: [],
    attempts: [],
    state: 'cut',
    start: NaN,
    timedOut: false,
    answer: undefined,
    open: [],
    signalAborted: false,
  }
}

/** Whether anybody waits for it. */
export function hasCallers({ entries }: Run): boolean {
  return entries.some(isAwaited)
}
