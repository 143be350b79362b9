import { type RequestRetry, type RetrySettings, threeAttempts } from '../integration/retry.ts'
import { checkFunction, type Guard, guard, optional, typed } from '../platform/guards.ts'
import type { Fetch, RequestHeaders } from './exchange.ts'

/** What is said of requests, whatever they carry. */
export interface RequestOptions<Item = unknown> {
  /**
   * Request headers, or what gives them for each request by its items: a token that changes, or a
   * trace that they belong to.
   * @default none
   */
  readonly headers?:
    | RequestHeaders
    | ((items: readonly Item[]) => RequestHeaders | PromiseLike<RequestHeaders>)
    | undefined
  /**
   * What sends requests.
   * @default the platform's `fetch`
   */
  readonly fetch?: Fetch | undefined
  /**
   * How often, the first time included, and after which delays a request is sent that failed for
   * want of room or luck. The server's own delay is obeyed up to `maxDelay`; asked to wait longer,
   * the callers fail at once.
   * @default { attempts: 3, minDelay: 100, maxDelay: 30_000 }
   */
  readonly retry?: RequestRetry | undefined
}

export const text: Guard<string> = /* @__PURE__ */ typed('string')

/** Gives the headers of a request. */
export type HeadersOf<Item = never> = (
  items: readonly Item[],
) => RequestHeaders | PromiseLike<RequestHeaders>

export const requestGuards: {
  readonly headers: Guard<RequestHeaders | HeadersOf>
  readonly fetch: Guard<Fetch>
  readonly retry: Guard<RetrySettings>
} = {
  headers: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<RequestHeaders | HeadersOf>(
      'an object of strings, or a function that gives one',
      (value) =>
        typeof value === 'function' ||
        ({}.toString.call(value) === '[object Object]' &&
          Object.values(value as object).every((each) => typeof each === 'string')),
    ),
    {},
  ),
  fetch: (action, name, value) =>
    checkFunction(action, name, value === undefined ? globalThis.fetch : value) as unknown as Fetch,
  retry: threeAttempts,
}

/** An address of HTTP, absolute. */
export const address: Guard<string> = (action, name, value) => {
  const check = guard<unknown>('an absolute http: or https: URL', isAddress, 'string')
  return String(check(action, name, value))
}

function isAddress(value: unknown): boolean {
  const given = value instanceof URL ? value.href : value
  return (
    typeof given === 'string' &&
    /^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : '')
  )
}

export function headersOf<Item>(headers: RequestHeaders | HeadersOf<Item>): HeadersOf<Item> {
  return typeof headers === 'function' ? headers : () => headers
}
