import { setTimeout as sleep } from 'node:timers/promises'
import { TimeoutError, withTimeout } from 'jitney'
import type { Gate } from './gate.ts'
import type { Item } from './item.ts'
import { ItemError } from './item-error.ts'
import type { Job, Result } from './job.ts'
import { unfinished } from './stopped.ts'
import { thrownError } from './thrown-error.ts'

export interface AttemptsOptions {
  readonly job: Job
  readonly gate: Gate
  /** Attempts after the first one. */
  readonly retries: number
  /** Milliseconds for one attempt. */
  readonly timeout: number
  /** Milliseconds: most that is waited before an attempt. */
  readonly maxRetryDelay: number
  /** Aborts when nothing more is begun. */
  readonly stopping: AbortSignal
}

const firstDelay = 100

/** Calls a job until it succeeds, or may not be tried again. */
export class Attempts {
  readonly #options: AttemptsOptions

  constructor(options: AttemptsOptions) {
    this.#options = options
  }

  /**
   * Resolves to the results, or to `unfinished` if the command stops before there are any. Rejects
   * with an `ItemError` after the last attempt.
   */
  async call(items: readonly Item[]): Promise<readonly Result[] | typeof unfinished> {
    const { gate, retries, maxRetryDelay, stopping } = this.#options
    for (let retry = 0; ; retry++) {
      const mayPass = gate.pass(stopping)
      if (mayPass !== true && !(await mayPass)) return unfinished
      try {
        return await this.#attempt(items)
      } catch (error) {
        const failure = itemErrorOf(error)
        if (!failure.isRetryable || retry >= retries) throw failure
        const { retryAfter = 0 } = failure
        if (retryAfter > maxRetryDelay) throw tooFarAway(failure, maxRetryDelay)
        if (retryAfter > 0) gate.hold(retryAfter)
        else if (!(await waited(delayBefore(retry, maxRetryDelay), stopping))) return unfinished
      }
    }
  }

  #attempt(items: readonly Item[]): Promise<readonly Result[]> {
    const { job, timeout } = this.#options
    if (timeout === Infinity) return job.call(items, undefined)
    return withTimeout(({ signal }) => job.call(items, signal), { timeout })
  }
}

/** Grows twofold, with full jitter, so that those who failed together do not come back together. */
function delayBefore(retry: number, maxRetryDelay: number): number {
  return Math.random() * Math.min(maxRetryDelay, firstDelay * 2 ** retry)
}

async function waited(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal })
    return true
  } catch {
    return false
  }
}

function itemErrorOf(error: unknown): ItemError {
  if (error instanceof ItemError) return error
  if (error instanceof TimeoutError) {
    return new ItemError(error.code, error.message, { cause: error, isRetryable: true })
  }
  return thrownError(error)
}

function tooFarAway(failure: ItemError, maxRetryDelay: number): ItemError {
  const { code, message, status, retryAfter } = failure
  return new ItemError(
    code,
    `${message} (asked to wait ${retryAfter} ms: --max-retry-delay allows ${maxRetryDelay})`,
    { cause: failure, ...(status === undefined ? {} : { status }), retryAfter },
  )
}
