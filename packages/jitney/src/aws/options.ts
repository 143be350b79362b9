import type { PassedOptions } from '../integration/options.ts'
import { readRetry, type RequestRetry, type RetrySettings } from '../integration/retry.ts'
import { refusal } from '../platform/errors.ts'
import {
  aboveZero,
  checkFunction,
  count,
  fields,
  type Guard,
  optional,
  typed,
} from '../platform/guards.ts'
import type { CommandClass } from './client.ts'
import type { AwsLimits } from './limits.ts'

/** What is said of requests to AWS, whichever service. Beside these, the options of a `Batcher`. */
export interface AwsOptions<Item, Input = never> extends PassedOptions<Item> {
  /**
   * The class of the operation's command, for a client with `send`.
   * @default none: the client has the operation as a method
   */
  readonly command?: CommandClass<Input> | undefined
  /**
   * What to go by instead of `awsLimits`: `items` (an integer of at least 1), `requestBytes` and
   * `itemBytes` (above 0).
   * @default the service's limits in `awsLimits`
   */
  readonly limits?: Partial<AwsLimits> | undefined
  /**
   * How often an item is sent that was left undone (throttled, "unprocessed"), the first time
   * included, and after which delays, which are random from 0 to `minDelay`, doubled each time, to
   * `maxDelay`. A `rateLimit` lets no batch leave meanwhile.
   * @default { attempts: 8, minDelay: 50, maxDelay: 20_000 }
   */
  readonly retry?: RequestRetry | undefined
  /**
   * Declares items safe to do twice. Then they are sent again where no answer came, or a 500;
   * otherwise their callers are told that nobody knows.
   * @default true for reads, puts, deletes and visibility, false for what is sent, published or put
   * into a stream
   */
  readonly idempotent?: boolean | undefined
}

export interface AwsSettings {
  command: CommandClass<never> | undefined
  limits: Partial<AwsLimits>
  retry: RetrySettings
  idempotent: boolean | undefined
}

export const awsGuards: { readonly [Name in keyof AwsSettings]: Guard<AwsSettings[Name]> } = {
  command: /* @__PURE__ */ optional(checkFunction as unknown as Guard<CommandClass<never>>),
  limits: /* @__PURE__ */ optional(
    /* @__PURE__ */ fields<{ [Name in keyof AwsLimits]: number | undefined }>({
      items: /* @__PURE__ */ optional(count),
      requestBytes: /* @__PURE__ */ optional(aboveZero),
      itemBytes: /* @__PURE__ */ optional(aboveZero),
    }) as Guard<Partial<AwsLimits>>,
    {},
  ),
  retry: /* @__PURE__ */ optional(readRetry, { attempts: 8, minDelay: 50, maxDelay: 20_000 }),
  idempotent: /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean')),
}

/** The service's limits, but for what the user knows better. */
export function limitsOf(known: AwsLimits, given: Partial<AwsLimits>): AwsLimits {
  const {
    items = known.items,
    requestBytes = known.requestBytes,
    itemBytes = Math.min(known.itemBytes, requestBytes),
  } = given
  return { items, requestBytes: Math.max(requestBytes, itemBytes), itemBytes }
}

/** How many items a batch may have. */
export function batchSizeOf(action: string, given: number | undefined, most: number): number {
  const size = given ?? most
  if (typeof size !== 'number' || size <= most) return size
  const allowed = `at most ${most}, which is 'limits.items'`
  throw refusal(action, 'maxBatchSize', allowed, size, 'JITNEY_OUT_OF_RANGE')
}

/** What a stream or queue is called. */
export const nonEmpty: Guard<string> = (action, name, value) => {
  if (typeof value === 'string' && value !== '') return value
  throw refusal(action, name, 'a string that is not empty', value)
}
