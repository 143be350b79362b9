import { messageOf } from '../platform/describe.ts'
import {
  BatchAbortedError,
  BatchError,
  BatcherClosedError,
  BatchTimeoutError,
  QueueFullError,
} from '../platform/errors.ts'
import { type Entry, isWaiting, settle } from './entry.ts'
import { isError } from './results.ts'
import type { State } from './state.ts'

// Nobody shares an error with another caller: each gets an object of its own, so that decorating
// one does not change another's. What they do share is its `cause`.

interface StackTracing {
  captureStackTrace?: (at: object, above: unknown) => void
}

/** Keeps the stack of the call that is under way, without what is above `called`. */
export function keepStack(entry: Entry, called: unknown): void {
  const at = new Error('called')
  ;(Error as StackTracing).captureStackTrace?.(at, called)
  entry.stack = (at.stack ?? '').replace(/^Error: called\n/, '')
}

/** The item failed: its caller gets this very error; several who share it, one each. */
export function failItem(state: State, entry: Entry, error: unknown): void {
  const isShared = (entry.callers?.size ?? 1) > 1
  reject(state, entry, () => (isShared ? wrap(state, 'item', error) : error))
}

/** The batch failed. */
export function failBatch(state: State, entry: Entry, size: number, cause: unknown): void {
  reject(state, entry, () => wrap(state, `batch of ${size}`, cause))
}

/** The batch function asked for another attempt too often. */
export function giveUp(state: State, entry: Entry): void {
  const { attempts } = state.settings.retry
  reject(state, entry, () => new BatchError(says(state, 'item', `not done after ${attempts} attempts`)))
}

export function timeoutError(state: State, size: number): BatchTimeoutError {
  const { timeout } = state.settings
  const message = says(state, `batch of ${size}`, `it took longer than ${timeout} ms`)
  return new BatchTimeoutError(message, timeout)
}

/** `abort()`, or `close()` past its timeout. */
export function abortCaller(state: State, entry: Entry, started: boolean, cause: unknown): void {
  const why = isError(cause) ? `, ${messageOf(cause)}` : ''
  const message = says(state, 'item', `aborted${why}`)
  reject(state, entry, () => new BatchAbortedError(message, started, { cause }))
}

/** The error for a call that comes too late. */
export function closedError(state: State): BatcherClosedError {
  state.refused += 1
  return new BatcherClosedError(says(state, 'item', 'the batcher is closed'))
}

/** The error for a call that finds no room. */
export function fullError(state: State): QueueFullError {
  const { maxQueueSize } = state.settings
  state.refused += 1
  const message = says(state, 'item', `${maxQueueSize} items wait already, which is 'maxQueueSize'`)
  return new QueueFullError(message, maxQueueSize)
}

/** Rejects all who wait for an entry, each with an error that is made for it. */
export function reject(state: State, entry: Entry, errorFor: () => unknown): void {
  const { callers } = entry
  const waiting = callers === undefined ? [entry] : [...callers]
  // First, so that nobody joins an entry that has failed.
  if (callers !== undefined) {
    callers.clear()
    settle(entry, undefined)
  }
  for (const caller of waiting) {
    if (!isWaiting(caller)) continue
    const error = errorFor()
    state.rejected += 1
    showCall(caller, error)
    settleWith(caller, error)
  }
}

/** Rejects one caller. Only the caller's own promise can be reported as unhandled. */
export function settleWith(caller: Entry, error: unknown): void {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- any reason travels as it is
  if (isWaiting(caller)) settle(caller, Promise.reject(error))
}

function wrap(state: State, what: string, cause: unknown): BatchError {
  return new BatchError(says(state, what, messageOf(cause)), { cause })
}

function says({ settings }: State, what: string, why: string): string {
  const of = settings.name === undefined ? '' : ` of '${settings.name}'`
  return `Cannot process ${what}${of}: ${why}`
}

function showCall({ stack }: Entry, error: unknown): void {
  try {
    if (stack === undefined || !(error instanceof Error)) return
    const own = error.stack ?? String(error)
    // One that is returned again and again does not grow.
    if (!own.includes(divider)) error.stack = own + divider + stack
  } catch {
    // A frozen error keeps the stack it has; a hostile proxy travels as it is.
  }
}

const divider = '\n    called from\n'
