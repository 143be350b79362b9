import type { Batcher } from '../../batcher/batcher.ts'
import { BatchError } from '../../batcher/errors.ts'
import { count, type Guard, oneOf, optional } from '../../platform/guards.ts'
import { wrongAnswer } from '../http-error.ts'
import { readOptions } from '../../integration/options.ts'
import { text } from '../options.ts'
import { apiBatcher } from './api-batcher.ts'
import { guardsWith, type OpenAIOptions, type OpenAISettings } from './options.ts'
import type { Input } from './tokens.ts'
import { type Usage, usageOf } from './usage.ts'

/** What comes back for one input. */
export interface Embedding {
  /** The vector. */
  readonly embedding: number[]
  /** What the whole request cost: one object for all inputs that shared it. */
  readonly usage: Usage
}

/** Options of `embeddingsBatcher`. `maxBatchSize` is 2048 by default, the most the API takes. */
export interface EmbeddingsOptions<Item extends Input = string> extends OpenAIOptions<Item> {
  /**
   * Length of the vectors, for models that can shorten them: an integer of at least 1.
   * @default the model's own
   */
  readonly dimensions?: number | undefined
  /**
   * How vectors travel: `'base64'` is a quarter of the size, but not every server knows it. Either
   * is understood, whichever the server sends.
   * @default 'float'
   */
  readonly encodingFormat?: 'float' | 'base64' | undefined
  /**
   * An id of your end user, sent along.
   * @default none
   */
  readonly user?: string | undefined
}

interface Settings extends OpenAISettings {
  dimensions: number | undefined
  encodingFormat: 'float' | 'base64'
  user: string | undefined
}

const guards: { readonly [Name in keyof Settings]: Guard<Settings[Name]> } = {
  .../* @__PURE__ */ guardsWith(8192),
  dimensions: /* @__PURE__ */ optional(count),
  encodingFormat: /* @__PURE__ */ optional(/* @__PURE__ */ oneOf(['float', 'base64']), 'float'),
  user: /* @__PURE__ */ optional(text),
}

/**
 * Embeddings of any OpenAI-compatible endpoint: each caller hands over one input, requests carry as
 * many as the API takes.
 *
 * - **Limits.** No request has more than 2048 inputs or 300,000 tokens; an input that is empty or
 *   has more than 8192 tokens is refused before it is sent, with a RangeError. Each number can be
 *   set.
 * - **A bad input** that the server refuses fails alone: the request is sent again in halves.
 * - **Again** after 408, 409, 429, 5xx and lost connections; no request leaves before
 *   `retry-after-ms` or `retry-after` is over, or before `x-ratelimit-*` says that there is room. A
 *   spent quota is final.
 * - **Results** are matched by the `index` of the answer, whatever its order; an input without one
 *   fails alone.
 * - **Failure.** Each caller gets a `BatchError` of its own, with an `HttpError` of `jitney/http` as
 *   `cause`.
 *
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { embeddingsBatcher } from 'jitney/openai'
 *
 * // Stands in for the API.
 * const fetch = async (_url: unknown, { body }: { body?: unknown } = {}) => {
 *   const { input } = JSON.parse(String(body)) as { input: string[] }
 *   const data = input.map((text, index) => ({ index, embedding: [text.length, 0] }))
 *   return Response.json({ data, usage: { prompt_tokens: 3, total_tokens: 3 } })
 * }
 * const embeddings = embeddingsBatcher({ model: 'text-embedding-3-small', apiKey: 'secret', fetch })
 * const [tea, cake] = await embeddings.processAll(['tea', 'cake'])
 * tea?.embedding // => [3, 0]
 * cake?.usage // => { promptTokens: 3, totalTokens: 3, inputs: 2 }
 * ```
 */
export function embeddingsBatcher<Item extends Input = string>(
  options: EmbeddingsOptions<Item>,
): Batcher<Item, Embedding> {
  const { own, rest } = readOptions<Settings, Item>('create embeddingsBatcher', guards, options, [
    'weight',
    'batchKey',
  ])
  const { dimensions, encodingFormat, user } = own
  return apiBatcher<Item, Embedding>(
    own,
    {
      action: 'embed input',
      path: '/embeddings',
      parameters: { dimensions, encoding_format: encodingFormat, user },
      resultsOf: readEmbeddings,
    },
    { maxBatchSize: 2048, ...rest },
  )
}

function readEmbeddings(answer: unknown, inputs: number): (Embedding | Error)[] {
  const { data } = Object(answer) as { data?: unknown }
  const expected = `'data' with an embedding for each of ${inputs} inputs`
  if (!Array.isArray(data)) throw wrongAnswer(expected, data ?? answer)
  const usage = usageOf(answer, inputs)
  const results: (Embedding | undefined)[] = Array<undefined>(inputs).fill(undefined)
  for (const [position, each] of data.entries()) {
    // Without an index, the place says which it is, if none is missing.
    const place = data.length === inputs ? position : undefined
    const { index = place, embedding } = Object(each) as { index?: number; embedding?: unknown }
    const isInput = index !== undefined && index in results
    if (!isInput || results[index] !== undefined) throw wrongAnswer(expected, `index ${index}`)
    results[index] = { embedding: vectorOf(embedding), usage }
  }
  return results.map((result, index) => result ?? notEmbedded(expected, index))
}

function notEmbedded(expected: string, index: number): Error {
  const cause = wrongAnswer(expected, `none with index ${index}`)
  return new BatchError(`Cannot embed input: ${cause.message}`, { cause })
}

function vectorOf(embedding: unknown): number[] {
  if (Array.isArray(embedding)) return embedding as number[]
  if (typeof embedding !== 'string') throw wrongAnswer('an embedding', embedding)
  const bytes = Uint8Array.from(atob(embedding), (character) => character.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  return Array.from({ length: bytes.length >> 2 }, (_, place) => view.getFloat32(place * 4, true))
}
