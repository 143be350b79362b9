import { describe } from '../../platform/describe.ts'
import { BatchAbortedError, BatchError, BatchTimeoutError, QueueFullError } from '../errors.ts'
import { type Entry, isWaiting, settle } from '../entry.ts'
import type { Run } from '../run/run.ts'
import type { State } from '../state.ts'

// Nobody shares an error with another caller: each gets an object of its own, so that decorating
// one does not change another's. What they do share is its `cause`.

type ErrorKind<Kind> = new (message: string, options?: ErrorOptions) => Kind

/** The item failed: its caller gets this very error; several who share it, one each. */
export function failItem(state: State, run: Run, entry: Entry, error: unknown): void {
  run.given ??= new WeakSet()
  const isShared = (entry.callers?.size as number) > 1 || run.given.has(error as object)
  // A primitive is nothing that could be decorated: the object that stands for it is not met again.
  run.given.add(Object(error) as object)
  reject(state, [entry], () =>
    isShared ? errorOf(state, BatchError, 'item', { cause: error }) : error,
  )
}

/** The batch failed. */
export function failBatch(state: State, run: Run, entries: readonly Entry[], cause: unknown): void {
  reject(state, entries, () => errorOf(state, BatchError, `batch of ${run.size}`, { cause }))
}

/** The batch function asked for another attempt too often. */
export function giveUp(state: State, entries: readonly Entry[]): void {
  const why = `not done after ${state.settings.retry.attempts} attempts`
  reject(state, entries, () => errorOf(state, BatchError, 'item', {}, why))
}

export function timeoutError(state: State, run: Run): BatchTimeoutError {
  const { timeout } = state.settings
  const why = `it took longer than ${timeout} ms`
  return errorOf(state, BatchTimeoutError, `batch of ${run.size}`, { timeout }, why)
}

/** `abort()`, or `close()` past its timeout. */
export function abortCaller(state: State, entry: Entry, called: boolean, cause: unknown): void {
  const started = called || entry.attempts !== undefined
  reject(state, [entry], () => errorOf(state, BatchAbortedError, 'item', { started, cause }))
}

/** Rejects a call that finds no room. */
export function refuseForRoom(state: State, caller: Entry): false {
  const { maxQueueSize } = state.settings
  const why = `${maxQueueSize} items wait already, which is 'maxQueueSize'`
  return refuse(state, caller, QueueFullError, { maxQueueSize }, why)
}

/** Rejects a call that cannot be taken. */
export function refuse<Kind extends Error>(
  state: State,
  caller: Entry,
  Kind: ErrorKind<Kind>,
  details: Partial<Kind>,
  why: string,
): false {
  state.refused += 1
  settleWith(caller, errorOf(state, Kind, 'item', details, why))
  return false
}

/** Rejects all who wait for entries, each with an error that is made for it. */
export function reject(state: State, entries: readonly Entry[], errorFor: () => unknown): void {
  for (const entry of entries) {
    for (const caller of entry.callers ?? [entry]) {
      if (!isWaiting(caller)) continue
      const error = errorFor()
      state.rejected += 1
      if (caller.stack !== undefined) showCall(caller.stack, error as Error)
      settleWith(caller, error)
    }
    // Those who share it have left it.
    entry.callers?.clear()
    settle(entry, undefined)
  }
}

/** Rejects one caller who waits. Only the caller's own promise can be reported as unhandled. */
export function settleWith(caller: Entry, error: unknown): void {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- any reason travels as it is
  settle(caller, Promise.reject(error))
}

/** Says what its cause says, unless there is more to say. */
function errorOf<Kind extends Error>(
  state: State,
  Kind: ErrorKind<Kind>,
  what: string,
  details: ErrorOptions & Partial<Kind>,
  // Without the name that every error has.
  why = describe(details.cause).replace(/^Error: /, ''),
): Kind {
  const of = state.settings.name === undefined ? '' : ` of '${state.settings.name}'`
  const error = new Kind(`Cannot process ${what}${of}: ${why}`, details)
  return Object.assign(error, details)
}

function showCall(stack: string, error: Error): void {
  try {
    // One that is returned again and again does not grow.
    if (!(error.stack as string).includes(calledFrom)) {
      error.stack += stack.replace('Error', calledFrom)
    }
  } catch {
    // What is frozen, or no error, travels as it is.
  }
}

const calledFrom = '\n    called from'
