import type { BatchContext } from '../batcher/batch-function.ts'
import { Batcher } from '../batcher/batcher.ts'
import { BatchError } from '../batcher/errors.ts'
import type { BatcherOptions } from '../batcher/options.ts'
import { kindOf, type Outcome, outcome } from '../batcher/outcome.ts'
import { RateLimiter } from '../concurrency/rate-limiter.ts'
import { describe } from '../platform/describe.ts'
import { BodyCap } from './body-cap.ts'
import { type Answer, exchange, type Fetch } from './exchange.ts'
import { HttpError } from './http-error.ts'
import { bytesOf, jsonOf } from './json.ts'
import type { HeadersOf } from './options.ts'
import type { RetrySettings } from '../integration/retry.ts'
import type { HeaderReader } from './retry-after.ts'
import { Setbacks } from './setbacks.ts'

/** What becomes of the items of a request that failed. */
export type Verdict = 'retry' | 'split' | 'fail'

/** What tells one API from another. */
export interface Endpoint<Item, Result> {
  /** What errors say was to be done, as in "Cannot send item". */
  readonly action: string
  readonly url: string
  readonly method: string
  readonly headers: HeadersOf<Item>
  readonly fetch: Fetch
  readonly retry: RetrySettings
  /** The request's body; `texts` are the items as JSON. */
  bodyOf(items: readonly Item[], texts: readonly string[]): string
  resultsOf(answer: Answer, items: readonly Item[]): readonly Given<Result>[]
  verdictOn(error: HttpError): Verdict
  /** Milliseconds for which no request should leave, by what an answer's headers say. */
  holdAfter?(headers: HeaderReader, items: readonly Item[]): number
}

/** What a batch function may say of one item. */
export type Given<Result> = Result | Error | Outcome<Result> | Outcome

/**
 * A batcher that sends each batch as one request. Failures are told apart by the endpoint's verdict:
 * what may be split is thrown, which the core splits; all else is said item by item, so that it
 * never is.
 */
export function endpointBatcher<Item, Result>(
  endpoint: Endpoint<Item, Result>,
  options: BatcherOptions<Item>,
): Batcher<Item, Result> {
  const { action, retry } = endpoint
  const setbacks = new Setbacks()
  const cap = new BodyCap()
  // Lets everything pass but for the time that a server asks to be left alone.
  const pace = new RateLimiter({ limit: 2 ** 30, interval: 1, clock: options.clock })
  const { rateLimit = [] } = options

  async function send(
    items: readonly Item[],
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Given<Result>[]> {
    const body = endpoint.bodyOf(items, texts)
    const bytes = bytesOf(body)
    if (items.length > 1 && cap.refuses(bytes)) throw tooLarge(bytes)
    const { url, method, fetch } = endpoint
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(await endpoint.headers(items)),
    }
    const onHeaders = (received: HeaderReader): void => {
      const hold = endpoint.holdAfter?.(received, items) ?? 0
      if (hold > 0) pace.penalize(Math.min(hold, retry.maxDelay))
    }
    let answer: Answer
    try {
      answer = await exchange({ fetch, url, method, headers, body, signal, onHeaders })
    } catch (error) {
      if ((error as HttpError).status === 413) cap.refused(bytes)
      throw error
    }
    cap.accepted(bytes)
    return endpoint.resultsOf(answer, items)
  }

  /** What is said of each item when the batch failed; nothing if the core is to split it. */
  function afterFailure(
    error: unknown,
    { entries, signal }: BatchContext,
    places: readonly number[],
  ) {
    const verdict = error instanceof HttpError ? endpoint.verdictOn(error) : 'fail'
    const ids = places.map((place) => entries[place]!.id)
    if (signal.aborted) {
      for (const id of ids) setbacks.delete(id)
      return undefined
    }
    if (verdict === 'split' && ids.length > 1) {
      // A smaller one is not too large.
      if ((error as HttpError).status !== 413) setbacks.suspect(ids)
      return undefined
    }
    const retryAfter = (error instanceof HttpError && error.retryAfter) || 0
    const message = error instanceof Error ? error.message : describe(error)
    const isPatient = verdict === 'retry' && retryAfter <= retry.maxDelay
    const again = new Set(isPatient ? ids.filter((id) => setbacks.add(id) < retry.attempts) : [])
    setbacks.unite([...again])
    return ids.map((id): Given<Result> => {
      if (again.has(id)) return outcome.retry({ after: retryAfter })
      setbacks.delete(id)
      return new BatchError(`Cannot ${action}: ${message}`, { cause: error })
    })
  }

  /** The core is told of no bound: an outcome that asks for another attempt counts here, too. */
  function bounded(given: Given<Result>, place: number, { entries }: BatchContext): Given<Result> {
    const asksAgain = kindOf(given) === 'retry'
    // To ask for entries makes them.
    if (!asksAgain && setbacks.isEmpty) return given
    const { id } = entries[place]!
    if (asksAgain && setbacks.add(id) < retry.attempts) {
      setbacks.acquit(id)
      return given
    }
    setbacks.delete(id)
    if (!asksAgain) return given
    return new BatchError(`Cannot ${action}: not done after ${retry.attempts} attempts`)
  }

  return new Batcher<Item, Result>(
    async (items, context) => {
      const outcomes: Given<Result>[] = []
      const places: number[] = []
      const texts: string[] = []
      for (const [place, item] of items.entries()) {
        try {
          texts.push(jsonOf(action, 'item', item))
          places.push(place)
        } catch (error) {
          outcomes[place] = outcome.error(error)
        }
      }
      if (places.length === 0) return outcomes
      if (!setbacks.isEmpty) {
        const ids = places.map((place) => context.entries[place]!.id)
        // Nothing is sent: the core divides them, and they do not wait for each other.
        if (setbacks.areStrangers(ids)) throw new Error('These items belong into several requests')
      }
      const sendable = places.length === items.length ? items : places.map((place) => items[place]!)
      let results: readonly Given<Result>[]
      try {
        const given = await send(sendable, texts, context.signal)
        results = given.map((each, index) => bounded(each, places[index]!, context))
      } catch (error) {
        const said = afterFailure(error, context, places)
        if (said === undefined) throw error
        results = said
      }
      for (const [index, place] of places.entries()) outcomes[place] = results[index]!
      return outcomes
    },
    {
      ...options,
      rateLimit: [pace, rateLimit].flat(),
      splitOnError: true,
      // Failures are counted here. What is thrown is split at once.
      retry: { ...retry, attempts: Infinity, when: () => false },
    },
  )
}

function tooLarge(bytes: number): HttpError {
  const message = `The server takes no bodies of ${bytes} bytes`
  return new HttpError('JITNEY_HTTP_STATUS', message, { status: 413 })
}
