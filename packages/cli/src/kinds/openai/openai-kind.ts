import { createHash } from 'node:crypto'
import type { BatcherOptions } from 'jitney'
import { httpBatcher } from 'jitney/http'
import { z } from 'zod'
import { bytes, count, httpUrl } from '../../config/values.ts'
import { StartError } from '../../errors.ts'
import { parseJson } from '../../server/parse-json.ts'
import { defineKind } from '../kind.ts'
import type { Protocol, ProtocolRequest } from '../protocol.ts'
import type { Parcel } from '../route.ts'
import { openTransport } from '../upstream/transport.ts'
import { headersShape, readHeaders, readVariable, traceOf } from '../upstream/upstream-headers.ts'
import { upstreamOptions, upstreamShape } from '../upstream/upstream-options.ts'
import { problemOf, writeProblem } from './api-problem.ts'
import { type CountTokens, tokenCounter, tokenizers } from './count-tokens.ts'
import { type Embedded, readAnswer, writeAnswer } from './embeddings-answer.ts'
import type { Item } from './embeddings-item.ts'
import { checkTokens, keyOf, readRequest } from './embeddings-request.ts'
import { embeddingsOperation } from './operation.ts'

const limits = { maxBatchSize: 2048, concurrency: 4 } as const

/** Embeddings of any OpenAI-compatible server, for OpenAI's clients as they are. */
export const openaiEmbeddingsKind = defineKind({
  name: 'openai-embeddings',
  schema: z.strictObject({
    kind: z.literal('openai-embeddings'),
    url: httpUrl
      .default('https://api.openai.com/v1')
      .describe('Where the API begins, its version included'),
    path: z
      .string()
      .regex(/^(\/[\w$.~-]+)+$/)
      .refine((path) => !/^\/[^/]+\/batch$/.test(path), { error: 'must not be a path of streams' })
      .default('/v1/embeddings')
      .describe('The path that clients send to'),
    apiKeyFrom: z
      .string()
      .min(1)
      .optional()
      .describe('The environment variable with the key for the API'),
    passAuthorization: z
      .boolean()
      .default(false)
      .describe('Whether the Authorization of clients is passed on instead'),
    tokenizer: z
      .enum(tokenizers)
      .optional()
      .describe(
        'Counts tokens exactly, by gpt-tokenizer (default: by bytes, of which a token has one at least)',
      ),
    maxInputTokens: count.default(8192).describe('Most tokens of an input'),
    maxRequestTokens: count.default(300_000).describe('Most tokens of an upstream request'),
    maxAnswerSize: bytes.optional().describe('Most bytes of an answer (default 64 MiB)'),
    ...headersShape,
    ...upstreamShape,
  }),
  async create(settings, { name }) {
    const { kind: _kind, url, path, apiKeyFrom, passAuthorization, tokenizer, ...rest } = settings
    const { maxInputTokens, maxRequestTokens, maxAnswerSize, headers, headersFrom, ...shared } =
      rest
    if (apiKeyFrom !== undefined && passAuthorization) {
      throw new StartError(
        `Cannot serve ${name}: expected apiKeyFrom or passAuthorization, received both`,
      )
    }
    const fixed = {
      ...readHeaders({ headers, headersFrom }, name),
      ...(apiKeyFrom !== undefined && {
        authorization: `Bearer ${readVariable(apiKeyFrom, `routes.${name}.apiKeyFrom`)}`,
      }),
    }
    const counter = await tokenCounter(tokenizer, maxInputTokens, name)
    const { options, retry } = upstreamOptions(shared)
    const transport = openTransport(maxAnswerSize)
    return {
      name,
      keyHeader: settings.keyHeader,
      options: { ...limits, ...options },
      protocol: embeddingsProtocol(path, counter, maxInputTokens, passAuthorization),
      takesAuthorization: passAuthorization,
      createBatcher: (given: BatcherOptions<Parcel>) =>
        httpBatcher<Parcel, Embedded>(below(url, '/embeddings'), {
          ...given,
          ...retry,
          idempotent: true,
          fetch: transport.fetch,
          headers: (parcels: readonly Parcel[]) => {
            const { authorization } = itemsOf(parcels)[0]!
            return { ...fixed, ...(authorization && { authorization }), ...traceOf(parcels) }
          },
          batchKey: ({ item, key }: Parcel) => `${(item as Item).key} ${key ?? ''}`,
          weight: { of: ({ item }: Parcel) => (item as Item).tokens, max: maxRequestTokens },
          request: (parcels: readonly Parcel[]) => {
            const items = itemsOf(parcels)
            return { ...items[0]!.parameters, input: items.map(({ input }) => input) }
          },
          results: (answer: unknown, parcels: readonly Parcel[]) =>
            readAnswer(answer, itemsOf(parcels)),
        }),
      problemOf: (error) => problemOf(error, passAuthorization),
      close: transport.close,
    }
  },
})

function embeddingsProtocol(
  path: string,
  counter: CountTokens,
  maxInputTokens: number,
  passAuthorization: boolean,
): Protocol {
  return {
    path,
    operation: embeddingsOperation,
    problem: writeProblem,
    read(request) {
      const { inputs, parameters } = readRequest(parseJson(request.body))
      const authorization = passAuthorization ? authorizationOf(request) : undefined
      // Texts and tokens do not go into one request.
      const form = typeof inputs[0] === 'string' ? 'texts' : 'tokens'
      const whose = authorization === undefined ? '' : digest(authorization)
      const key = `${form} ${keyOf(parameters)} ${whose}`
      const items = inputs.map((input): Item => {
        const tokens = counter.of(input)
        checkTokens(input, counter.isExact(input) ? tokens : 0, maxInputTokens)
        return { input, parameters, key, tokens, authorization }
      })
      return { items, answer: (results) => ({ body: writeAnswer(results as Embedded[]) }) }
    },
  }
}

function itemsOf(parcels: readonly Parcel[]): readonly Item[] {
  return parcels.map(({ item }) => item as Item)
}

function authorizationOf({ headers }: ProtocolRequest): string | undefined {
  const { authorization } = headers
  return typeof authorization === 'string' ? authorization : undefined
}

/** Keys can be seen from outside, as in diagnostics. */
function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64')
}

/** A query of the base stays, as that of Azure's `api-version`. */
function below(base: string, path: string): string {
  const url = new URL(base)
  url.pathname = url.pathname.replace(/\/+$/, '') + path
  return url.href
}
