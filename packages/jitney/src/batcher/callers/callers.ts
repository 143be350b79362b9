import { messageOf } from '../../platform/message-of.ts'
import { BatchError, BatchTimeoutError } from '../errors.ts'
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
  reject(state, [entry], () => (isShared ? errorOf(state, BatchError, { cause: error }) : error))
}

/** The batch failed. */
export function failBatch(state: State, run: Run, entries: readonly Entry[], cause: unknown): void {
  reject(state, entries, () => errorOf(state, BatchError, { cause }, undefined, run))
}

/** The batch function asked for another attempt too often. */
export function giveUp(state: State, entries: readonly Entry[]): void {
  const why = `not done after ${state.settings.retry.attempts} attempts`
  reject(state, entries, () => errorOf(state, BatchError, {}, why))
}

export function timeoutError(state: State, run: Run): BatchTimeoutError {
  const { timeout } = state.settings
  const why = `it took longer than ${timeout} ms`
  return errorOf(state, BatchTimeoutError, { timeout }, why, run)
}

/** Rejects all who wait for entries, each with an error that is made for it. */
export function reject(
  state: State,
  entries: readonly Entry[],
  errorFor: (entry: Entry) => unknown,
): void {
  for (const entry of entries) {
    for (const caller of entry.callers ?? [entry]) {
      if (!isWaiting(caller)) continue
      const error = errorFor(entry)
      state.counts.rejected += 1
      if (caller.stack) showCall(caller.stack, error as Error)
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
export function errorOf<Kind extends Error>(
  state: State,
  Kind: ErrorKind<Kind>,
  details: ErrorOptions & Partial<Kind>,
  why: string = messageOf(details.cause),
  run?: Run,
): Kind {
  const { name } = state.settings
  return Object.assign(
    new Kind(
      `Cannot process ${run ? `batch of ${run.amount}` : 'item'}${name === undefined ? '' : ` of '${name}'`}: ${why}`,
      details,
    ),
    details,
  )
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
