import { messageOf } from '../platform/describe.ts'
import {
  BatchAbortedError,
  BatchError,
  BatcherClosedError,
  BatchTimeoutError,
  QueueFullError,
} from '../platform/errors.ts'
import { type Entry, settle } from './entry.ts'
import { isError } from './results.ts'

interface StackTracing {
  captureStackTrace?: (at: object, above: unknown) => void
}

/**
 * Settles callers, counts how they ended, and words the errors.
 *
 * Nobody shares an error with another caller: each gets an object of its own, so that decorating
 * one does not change another's. What they do share is its `cause`.
 */
export class Callers<Item, Result> {
  fulfilled = 0
  rejected = 0
  aborted = 0
  refused = 0
  readonly #name: string | undefined
  /** Errors that show a call already: one that is returned again and again does not grow. */
  readonly #shown = new WeakSet<Error>()
  readonly #stacks: WeakMap<Entry<Item, Result>, string> | undefined

  constructor(name: string | undefined, captureStacks: boolean) {
    this.#name = name
    if (captureStacks) this.#stacks = new WeakMap()
  }

  /** Keeps the stack of the call that is under way, without what is above `called`. */
  keepStack(entry: Entry<Item, Result>, called: (...values: never[]) => unknown): void {
    const at = new Error('called')
    ;(Error as StackTracing).captureStackTrace?.(at, called)
    this.#stacks?.set(entry, (at.stack ?? '').replace(/^Error: called\n/, ''))
  }

  fulfil(entry: Entry<Item, Result>, result: Result | PromiseLike<Result>): void {
    if (settle(entry, result)) this.fulfilled += 1
  }

  /** The item failed: its caller gets this very error; several who share it, one each. */
  reject(entry: Entry<Item, Result>, error: unknown): void {
    const shared = (entry.ticket?.callers?.size ?? 1) > 1
    this.#reject(entry, () => (shared ? this.#wrap('item', error) : error))
  }

  /** The batch failed. */
  fail(entry: Entry<Item, Result>, size: number, cause: unknown): void {
    this.#reject(entry, () => this.#wrap(`batch of ${size}`, cause))
  }

  /** The batch function asked for another attempt too often. */
  giveUp(entry: Entry<Item, Result>, attempts: number): void {
    const message = `Cannot process item${this.#of()}: not done after ${attempts} attempts`
    this.#reject(entry, () => new BatchError(message))
  }

  /** The batch function takes too long. */
  timeOut(entry: Entry<Item, Result>, size: number, timeout: number): void {
    this.#reject(entry, () => this.timeoutError(size, timeout))
  }

  timeoutError(size: number, timeout: number): BatchTimeoutError {
    const message = `Cannot process batch of ${size}${this.#of()}: it took longer than ${timeout} ms`
    return new BatchTimeoutError(message, timeout)
  }

  /** `abort()`, or `close()` past its timeout. */
  abort(entry: Entry<Item, Result>, started: boolean, cause: unknown): void {
    const why = isError(cause) ? `, ${messageOf(cause)}` : ''
    const message = `Cannot process item${this.#of()}: aborted${why}`
    this.#reject(entry, () => new BatchAbortedError(message, started, { cause }))
  }

  /** The caller aborted. */
  leave(entry: Entry<Item, Result>, reason: unknown): void {
    if (entry.resolve === undefined) return
    this.aborted += 1
    settle(entry, rejection(reason))
  }

  /** The error for a call that comes too late. */
  closedError(): BatcherClosedError {
    this.refused += 1
    return new BatcherClosedError(`Cannot process item${this.#of()}: the batcher is closed`)
  }

  /** The error for a call that finds no room. */
  fullError(maxQueueSize: number): QueueFullError {
    this.refused += 1
    const message = `Cannot process item${this.#of()}: ${maxQueueSize} items wait already, which is 'maxQueueSize'`
    return new QueueFullError(message, maxQueueSize)
  }

  /** Rejects all who wait for an entry, each with an error that is made for it. */
  #reject(entry: Entry<Item, Result>, errorFor: () => unknown): void {
    if (entry.resolve === undefined) return
    const { ticket } = entry
    const callers = [...(ticket?.callers ?? [entry])]
    // First, so that nobody joins an entry that has failed.
    if (ticket?.callers !== undefined) {
      ticket.callers.clear()
      settle(entry, undefined as Result)
    }
    for (const caller of callers) {
      if (caller.resolve === undefined) continue
      const error = errorFor()
      this.rejected += 1
      if (this.#stacks !== undefined) this.#showCall(caller, error)
      settle(caller, rejection(error))
    }
  }

  #wrap(what: string, cause: unknown): BatchError {
    return new BatchError(`Cannot process ${what}${this.#of()}: ${messageOf(cause)}`, { cause })
  }

  #of(): string {
    return this.#name === undefined ? '' : ` of '${this.#name}'`
  }

  #showCall(entry: Entry<Item, Result>, error: unknown): void {
    const stack = this.#stacks?.get(entry)
    try {
      if (stack === undefined || !(error instanceof Error) || this.#shown.has(error)) return
      this.#shown.add(error)
      error.stack = `${error.stack ?? String(error)}\n    called from\n${stack}`
    } catch {
      // A frozen error keeps the stack it has; a hostile proxy travels as it is.
    }
  }
}

/** A promise to settle a caller with. Only the caller's own promise can be reported as unhandled. */
function rejection(error: unknown): Promise<never> {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- any reason travels as it is
  return Promise.reject(error)
}
