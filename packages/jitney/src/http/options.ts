import type { BatcherOptions, Retry } from '../batcher/options.ts'
import {
  checkFunction,
  checkOptions,
  count,
  durationOrZero,
  fields,
  type Guard,
  guard,
  optional,
  typed,
} from '../platform/guards.ts'
import type { Fetch, RequestHeaders } from './exchange.ts'

/** How often a request is sent again, and when. */
export type RequestRetry = Omit<Retry, 'when'>

export type RetrySettings = { [Name in keyof RequestRetry]-?: NonNullable<RequestRetry[Name]> }

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

/** The options of a `Batcher` that stay its own. */
export type PassedOptions<Item> = Omit<BatcherOptions<Item>, 'retry' | 'splitOnError'>

const passed: { readonly [Name in keyof Required<PassedOptions<never>>]: true } = {
  maxBatchSize: true,
  maxQueueTime: true,
  concurrency: true,
  maxQueueSize: true,
  overflow: true,
  weight: true,
  batchKey: true,
  dedupeKey: true,
  timeout: true,
  rateLimit: true,
  clock: true,
  name: true,
  captureStacks: true,
}

export const text: Guard<string> = /* @__PURE__ */ typed('string')

export const readRetry: Guard<RetrySettings> = /* @__PURE__ */ fields<RetrySettings>({
  attempts: count,
  minDelay: /* @__PURE__ */ optional(durationOrZero, 100),
  maxDelay: /* @__PURE__ */ optional(durationOrZero, 30_000),
})

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
  retry: /* @__PURE__ */ optional(readRetry, { attempts: 3 }),
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

/** Tells the options that are read here from those of the batcher. Refuses all others. */
export function readOptions<Own extends object, Item>(
  action: string,
  guards: { readonly [Name in keyof Own]: Guard<Own[Name]> },
  options: object | undefined,
  omitted: readonly (keyof PassedOptions<Item>)[] = [],
): { own: Own; rest: PassedOptions<Item> } {
  const theirs = Object.keys(passed).filter((name) => !omitted.includes(name as never))
  const ours = Object.keys(guards)
  checkOptions(action, options ?? {}, [...ours, ...theirs])
  const pick = (names: readonly string[]): object =>
    Object.fromEntries(Object.entries(options ?? {}).filter(([name]) => names.includes(name)))
  const own = fields(guards)(action, 'options', pick(ours))
  return { own, rest: pick(theirs) }
}

export function headersOf<Item>(headers: RequestHeaders | HeadersOf<Item>): HeadersOf<Item> {
  return typeof headers === 'function' ? headers : () => headers
}
