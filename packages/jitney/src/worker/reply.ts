import type { BatchResults } from '../batcher/batch-function.ts'
import { type Outcome, outcome } from '../batcher/outcome.ts'
import { readError } from './error-record.ts'

/**
 * What a worker answers to a batch: in JSON lines, and between threads alike. Either `error`, and
 * the batch has failed, or `results`, of which `errors` and `retries` replace single ones by index.
 */
export interface Reply {
  readonly results?: unknown
  readonly errors?: Readonly<Record<string, unknown>> | undefined
  /** Milliseconds after which the item may be sent again. */
  readonly retries?: Readonly<Record<string, number>> | undefined
  readonly error?: unknown
}

/** @throws what the batch function of the worker threw. */
export function readReply<Result>(reply: Reply): BatchResults<Result | Error | Outcome<Result>> {
  // oxlint-disable-next-line typescript/only-throw-error -- what the worker threw
  if (reply.error !== undefined) throw readError(reply.error)
  const results = reply.results as Result[]
  if (reply.errors === undefined && reply.retries === undefined && !holdsErrors(results)) {
    return results
  }
  // What failed is in `errors`: an error among the results is one.
  const outcomes: (Result | Outcome<Result>)[] = results.map((result) =>
    result instanceof Error ? outcome.value(result) : result,
  )
  for (const [index, error] of Object.entries(reply.errors ?? {})) {
    if (Number(index) < outcomes.length) outcomes[Number(index)] = outcome.error(readError(error))
  }
  for (const [index, after] of Object.entries(reply.retries ?? {})) {
    if (Number(index) < outcomes.length) outcomes[Number(index)] = outcome.retry({ after })
  }
  return outcomes
}

function holdsErrors(results: unknown): boolean {
  return Array.isArray(results) && results.some((result) => result instanceof Error)
}
