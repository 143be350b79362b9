import { checkFunction, count, type Guard, optional } from '../../platform/guards.ts'
import type { Fetch, RequestHeaders } from '../exchange.ts'
import { address, type HeadersOf, requestGuards, type RequestOptions, text } from '../options.ts'
import type { PassedOptions } from '../../integration/options.ts'
import type { RetrySettings } from '../../integration/retry.ts'

/**
 * Options of all batchers of this module: those of a `Batcher`, but for `splitOnError`, `weight` and
 * `batchKey`, which keep the limits of the API, and these.
 */
export interface OpenAIOptions<Item>
  extends Omit<PassedOptions<Item>, 'weight' | 'batchKey'>, RequestOptions<Item> {
  /** Which model, as the API names it. */
  readonly model: string
  /**
   * Sent as `Authorization: Bearer …`. Other ways to be let in go into `headers`.
   * @default none
   */
  readonly apiKey?: string | undefined
  /**
   * Where the API begins, its version included.
   * @default 'https://api.openai.com/v1'
   */
  readonly baseUrl?: string | URL | undefined
  /**
   * How many tokens an input has, for the limits on tokens: by the tokenizer of the model.
   * @default its bytes as UTF-8, which are never fewer than its tokens, up to the limit of an input
   */
  readonly countTokens?: ((input: Item) => number) | undefined
  /**
   * Most tokens of one input, an integer of at least 1: where `countTokens` finds more, it is
   * refused with a RangeError.
   * @default 8192 for embeddings, 32_768 for moderations
   */
  readonly maxInputTokens?: number | undefined
  /**
   * Most tokens of all inputs of a request: an integer of at least 1.
   * @default 300_000
   */
  readonly maxRequestTokens?: number | undefined
}

/** What those become. */
export interface OpenAISettings {
  headers: RequestHeaders | HeadersOf
  fetch: Fetch
  retry: RetrySettings
  model: string
  apiKey: string | undefined
  baseUrl: string
  countTokens: ((input: never) => number) | undefined
  maxInputTokens: number
  maxRequestTokens: number
}

/** The guards of the options that all have. */
export function guardsWith(maxInputTokens: number): {
  readonly [Name in keyof OpenAISettings]: Guard<OpenAISettings[Name]>
} {
  return {
    ...requestGuards,
    model: text,
    apiKey: optional(text),
    baseUrl: optional(address, 'https://api.openai.com/v1'),
    countTokens: optional(checkFunction as Guard<(input: never) => number>),
    maxInputTokens: optional(count, maxInputTokens),
    maxRequestTokens: optional(count, 300_000),
  }
}
