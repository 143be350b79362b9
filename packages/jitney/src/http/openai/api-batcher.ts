import type { Batcher } from '../../batcher/batcher.ts'
import type { BatcherOptions } from '../../batcher/options.ts'
import { endpointBatcher, type Given, type Verdict } from '../endpoint.ts'
import { readJson } from '../exchange.ts'
import type { HttpError } from '../http-error.ts'
import { jsonOf } from '../json.ts'
import { headersOf } from '../options.ts'
import type { OpenAISettings } from './options.ts'
import { holdOf } from './rate-limit-headers.ts'
import { type Input, tokenWeight } from './tokens.ts'

/** What tells one call of the API from another. */
export interface Call<Result> {
  /** As in "Cannot embed input". */
  readonly action: string
  /** Below the base URL. */
  readonly path: string
  /** What a request says beside its input. */
  readonly parameters: Readonly<Record<string, unknown>>
  resultsOf(answer: unknown, count: number): readonly Given<Result>[]
}

/** A batcher over one call of the API. */
export function apiBatcher<Item extends Input, Result>(
  settings: OpenAISettings,
  call: Call<Result>,
  options: BatcherOptions<Item>,
): Batcher<Item, Result> {
  const { action } = call
  const weight = tokenWeight(action, settings)
  const headers = headersOf(settings.headers)
  const { apiKey } = settings
  return endpointBatcher<Item, Result>(
    {
      action,
      url: below(settings.baseUrl, call.path),
      method: 'POST',
      headers: async () => ({
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(await headers()),
      }),
      fetch: settings.fetch,
      retry: settings.retry,
      bodyOf: (items) =>
        jsonOf(action, 'input', { ...call.parameters, model: settings.model, input: items }),
      resultsOf: (answer, items) => call.resultsOf(readJson(answer), items.length),
      verdictOn,
      holdAfter: (received, items) =>
        holdOf(received, settings.maxRequestTokens, () =>
          items.reduce((sum, item) => sum + weight.of(item), 0),
        ),
    },
    {
      ...options,
      weight,
      // Texts and tokens do not go into one request.
      batchKey: (item) => (typeof item === 'string' ? 'texts' : 'tokens'),
    },
  )
}

/** A query of the base stays, as that of Azure's `api-version`. */
function below(base: string, path: string): string {
  const url = new URL(base)
  url.pathname = url.pathname.replace(/\/+$/, '') + path
  return url.href
}

/** Statuses that the API's own libraries send again: 408, 409, 429 and those from 500. */
function verdictOn({ status, code, body }: HttpError): Verdict {
  if (code === 'JITNEY_WRONG_ANSWER') return 'fail'
  if (status === 400 || status === 413 || status === 422) return 'split'
  const { error } = Object(body) as { error?: { code?: unknown } }
  // The account is empty: no wait helps.
  if (Object(error).code === 'insufficient_quota') return 'fail'
  const isTransient =
    status === undefined || status === 408 || status === 409 || status === 429 || status >= 500
  return isTransient ? 'retry' : 'fail'
}
