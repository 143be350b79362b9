import { messageOf } from '../../platform/describe.ts'
import {
  BatchAbortedError,
  BatchError,
  BatcherClosedError,
  BatchTimeoutError,
  QueueFullError,
} from '../errors.ts'
import { type Entry, isWaiting, settle } from '../entry.ts'
import type { Run } from '../run/run.ts'
import type { State } from '../state.ts'

// Nobody shares an error with another caller: each gets an object of its own, so that decorating
// one does not change another's. What they do share is its `cause`.

interface StackTracing {
  captureStackTrace?: (at: object, above: unknown) => void
}

/** Keeps the stack of the call that is under way, without what is above `called`. */
export function keepStack(entry: Entry, called: unknown): void {
  const at = new Error()
  ;(Error as StackTracing).captureStackTrace?.(at, called)
  entry.stack = at.stack?.replace('Error\n', '')
}

/** The item failed: its caller gets this very error; several who share it, one each. */
export function failItem(state: State, run: Run, entry: Entry, error: unknown): void {
  run.given ??= new WeakSet()
  const isShared = (entry.callers?.size ?? 1) > 1 || run.given.has(error as object)
  // A primitive is nothing that could be decorated: the object that stands for it is not met again.
  run.given.add(Object(error) as object)
  reject(state, [entry], () => (isShared ? wrap(state, 'item', error) : error))
}

/** The batch failed. */
export function failBatch(state: State, run: Run, entries: readonly Entry[], cause: unknown): void {
  reject(state, entries, () => wrap(state, `batch of ${run.size}`, cause))
}

/** The batch function asked for another attempt too often. */
export function giveUp(state: State, entries: readonly Entry[]): void {
  const { attempts } = state.settings.retry
  reject(
    state,
    entries,
    () => new BatchError(says(state, 'item', `not done after ${attempts} attempts`)),
  )
}

export function timeoutError(state: State, run: Run): BatchTimeoutError {
  const { timeout } = state.settings
  const message = says(state, `batch of ${run.size}`, `it took longer than ${timeout} ms`)
  return new BatchTimeoutError(message, timeout)
}

/** `abort()`, or `close()` past its timeout. */
export function abortCaller(state: State, entry: Entry, called: boolean, cause: unknown): void {
  const message = says(state, 'item', `aborted, ${messageOf(cause)}`)
  const started = called || entry.attempts !== undefined
  reject(state, [entry], () => new BatchAbortedError(message, started, { cause }))
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

/** Rejects all who wait for entries, each with an error that is made for it. */
export function reject(state: State, entries: readonly Entry[], errorFor: () => unknown): void {
  for (const entry of entries) {
    for (const caller of entry.callers ?? [entry]) {
      if (!isWaiting(caller)) continue
      const error = errorFor()
      state.rejected += 1
      showCall(caller, error)
      settleWith(caller, error)
    }
    // Those who share it have left it.
    entry.callers?.clear()
    settle(entry, undefined)
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
    // One that is returned again and again does not grow.
    if (error.stack?.includes(divider) === false) error.stack += divider + stack
  } catch {
    // A frozen error keeps the stack it has; a hostile proxy travels as it is.
  }
}

const divider = '\n    called from\n'
