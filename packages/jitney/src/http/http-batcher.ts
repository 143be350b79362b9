import type { Batcher } from '../batcher/batcher.ts'
import type { Weight } from '../batcher/options.ts'
import type { Outcome } from '../batcher/outcome.ts'
import { refusal } from '../platform/errors.ts'
import { aboveZero, checkFunction, type Guard, optional, oneOf, typed } from '../platform/guards.ts'
import { endpointBatcher, type Given, type Verdict } from './endpoint.ts'
import { type Answer, type Fetch, readJson, type RequestHeaders } from './exchange.ts'
import { type HttpError, wrongAnswer } from './http-error.ts'
import { bytesOf, jsonOf } from './json.ts'
import {
  address,
  headersOf,
  type HeadersOf,
  requestGuards,
  type RequestOptions,
  text,
} from './options.ts'
import { type PassedOptions, readOptions } from '../integration/options.ts'
import type { RetrySettings } from '../integration/retry.ts'

/** Options of `httpBatcher`: those of a `Batcher`, but for `splitOnError`, and these. */
export interface HttpBatcherOptions<Item, Result>
  extends PassedOptions<Item>, RequestOptions<Item> {
  /**
   * The method of requests.
   * @default 'POST'
   */
  readonly method?: string | undefined
  /**
   * `'array'`: a request carries a JSON array of items. `'item'`: it carries one item, as `jitney
   * serve` takes it, which batches them itself; `maxBatchSize` is 1 then, and `concurrency` by
   * default 100.
   * @default 'array'
   */
  readonly send?: 'array' | 'item' | undefined
  /**
   * Makes the body of a request out of the items: what JSON is made of.
   * @default the array itself
   */
  readonly request?: ((items: readonly Item[]) => unknown) | undefined
  /**
   * Finds the results in what the JSON of an answer says: one outcome per item, in order, as a
   * batch function returns them (an `Error` or `outcome.retry()` for one that was not done).
   * @default the array itself
   */
  readonly results?:
    | ((answer: never, items: readonly Item[]) => readonly (Result | Error | Outcome<Result>)[])
    | undefined
  /**
   * Most bytes of a request's body, above 0: batches are cut to fit, an item that does not fit
   * alone is refused with a RangeError. What a server refuses with 413 is cut in halves either way,
   * and remembered.
   * @default Infinity
   */
  readonly maxBodySize?: number | undefined
  /**
   * Declares requests safe to repeat. Then they are also sent again after 408, 500, 502 and 504 and
   * where no answer came, and one that is refused with 400 or 422 is sent in halves until the item
   * that spoils it is alone. Without it, only what the server has not done is sent again: after 425,
   * 429 and 503.
   * @default false
   */
  readonly idempotent?: boolean | undefined
}

interface Own<Item, Result> {
  headers: RequestHeaders | HeadersOf<Item>
  fetch: Fetch
  retry: RetrySettings
  method: string
  send: 'array' | 'item'
  request: ((items: readonly Item[]) => unknown) | undefined
  results: ((answer: never, items: readonly Item[]) => readonly Given<Result>[]) | undefined
  maxBodySize: number
  idempotent: boolean
}

const creating = 'create httpBatcher'
const outOfRange = 'JITNEY_OUT_OF_RANGE'

const guards: { readonly [Name in keyof Own<never, never>]: Guard<Own<never, never>[Name]> } = {
  ...requestGuards,
  method: /* @__PURE__ */ optional(text, 'POST'),
  send: /* @__PURE__ */ optional(/* @__PURE__ */ oneOf(['array', 'item']), 'array'),
  request: /* @__PURE__ */ optional(checkFunction as Guard<(items: readonly never[]) => unknown>),
  results: /* @__PURE__ */ optional(checkFunction as Guard<() => never[]>),
  maxBodySize: /* @__PURE__ */ optional(aboveZero, Infinity),
  idempotent: /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean'), false),
}

const notDone = new Set([425, 429, 503])
const repeatable = new Set([408, 500, 502, 504, undefined])
const divisible = new Set([400, 422])

/**
 * A batcher over an HTTP endpoint that takes a JSON array and answers with one as long.
 *
 * - **Results** are matched by position; an answer of another length, or that is no JSON, fails the
 *   batch.
 * - **An item that JSON cannot hold** fails alone, before anything is sent.
 * - **Again** after 425, 429 and 503, not before `Retry-After` is over, during which no request
 *   leaves; with `idempotent` also after 408, 500, 502, 504 and lost connections.
 * - **Halves** after 413, whose size is remembered; with `idempotent` also after 400 and 422. Never
 *   after another status.
 * - **Failure.** Each caller gets a `BatchError` of its own; its `cause` is the `HttpError` with
 *   `status` and `body`.
 * - **Redirects** are not followed.
 *
 * @param url where requests go: absolute, `http:` or `https:`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { json } from 'node:stream/consumers'
 * import { httpBatcher } from 'jitney/http'
 *
 * const server = createServer(async (request, response) => {
 *   const numbers = (await json(request)) as number[]
 *   response.end(JSON.stringify(numbers.map((number) => number * number)))
 * })
 * await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
 * const { port } = server.address() as { port: number }
 *
 * const squares = httpBatcher<number, number>(`http://127.0.0.1:${port}/squares`)
 * await squares.processAll([1, 2, 3]) // => [1, 4, 9]
 * await squares.close()
 * server.close()
 * server.closeAllConnections()
 * ```
 */
export function httpBatcher<Item = unknown, Result = unknown>(
  url: string | URL,
  options?: HttpBatcherOptions<Item, Result>,
): Batcher<Item, Result> {
  const { own, rest } = readOptions<Own<Item, Result>, Item>(
    creating,
    guards as unknown as {
      readonly [Name in keyof Own<Item, Result>]: Guard<Own<Item, Result>[Name]>
    },
    options,
  )
  const isSingle = own.send === 'item'
  if (isSingle && (rest.maxBatchSize ?? 1) !== 1) {
    throw refusal(creating, 'maxBatchSize', "1 with send 'item'", rest.maxBatchSize, outOfRange)
  }
  const bodyOf = (items: readonly Item[], texts: readonly string[]): string => {
    if (own.request !== undefined) {
      return jsonOf('send items', 'request(items)', own.request(items))
    }
    return isSingle ? texts[0]! : `[${texts.join(',')}]`
  }
  return endpointBatcher<Item, Result>(
    {
      action: 'send item',
      url: address(creating, 'url', url),
      method: own.method,
      headers: headersOf(own.headers),
      fetch: own.fetch,
      retry: own.retry,
      bodyOf,
      resultsOf: (answer, items) => readResults(own, answer, items),
      verdictOn: (error) => verdictOn(error, own.idempotent),
    },
    {
      ...(isSingle ? { concurrency: 100 } : {}),
      ...rest,
      ...(isSingle ? { maxBatchSize: 1 } : {}),
      weight: [
        ...(rest.weight === undefined ? [] : [rest.weight].flat()),
        ...(own.maxBodySize < Infinity ? [sizeOf(own.maxBodySize, bodyOf)] : []),
      ],
    },
  )
}

/** What an item weighs: a body of its own. Bodies of one are together no smaller than one of all. */
function sizeOf<Item>(
  maxBodySize: number,
  bodyOf: (items: readonly Item[], texts: readonly string[]) => string,
): Weight<Item> {
  return {
    of: (item) => bytesOf(bodyOf([item], [jsonOf('send item', 'item', item)])),
    max: maxBodySize,
  }
}

function readResults<Item, Result>(
  { send, results }: Own<Item, Result>,
  answer: Answer,
  items: readonly Item[],
): readonly Given<Result>[] {
  if (send === 'item' && results === undefined) return [readItem(answer) as Result]
  const said = readJson(answer)
  const found: unknown = results === undefined ? said : results(said as never, items)
  if (Array.isArray(found) && found.length === items.length) return found as Result[]
  throw wrongAnswer(`an array of ${items.length}`, found)
}

/** As `jitney serve` answers: nothing, bytes, or JSON. */
function readItem(answer: Answer): unknown {
  if (answer.status === 204) return undefined
  const type = answer.headers.get('content-type') ?? ''
  return type.startsWith('application/octet-stream') ? answer.bytes : readJson(answer)
}

function verdictOn({ status, code }: HttpError, idempotent: boolean): Verdict {
  if (code === 'JITNEY_WRONG_ANSWER') return 'fail'
  if (status === 413) return 'split'
  if (notDone.has(status ?? 0)) return 'retry'
  if (!idempotent) return 'fail'
  if (repeatable.has(status)) return 'retry'
  return divisible.has(status ?? 0) ? 'split' : 'fail'
}
