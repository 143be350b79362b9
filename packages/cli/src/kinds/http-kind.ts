import type { BatcherOptions } from 'jitney'
import { httpBatcher, type HttpBatcherOptions } from 'jitney/http'
import { z } from 'zod'
import { bytes, httpUrl } from '../config/values.ts'
import { defineKind } from './kind.ts'
import type { Parcel } from './route.ts'
import { openTransport } from './upstream/transport.ts'
import { headersShape, readHeaders, traceOf } from './upstream/upstream-headers.ts'
import { upstreamOptions, upstreamShape } from './upstream/upstream-options.ts'
import { upstreamProblem } from './upstream/upstream-problem.ts'
import { warmUpShape, warmUpWith } from './warm-up.ts'

type Format = 'array' | 'instances'

/** A server elsewhere that takes a JSON array and answers with one as long. */
export const httpKind = defineKind({
  name: 'http',
  schema: z.strictObject({
    kind: z.literal('http'),
    url: httpUrl.describe('Where batches are sent, by POST'),
    format: z
      .enum(['array', 'instances'])
      .default('array')
      .describe('A plain array, or {"instances": […]} answered by {"predictions": […]}'),
    idempotent: z
      .boolean()
      .default(false)
      .describe('Safe to repeat: also sent again after 5xx, and in halves where it is refused'),
    maxRequestSize: bytes.optional().describe('Most bytes of the body of a request'),
    maxAnswerSize: bytes.optional().describe('Most bytes of an answer (default 64 MiB)'),
    ...headersShape,
    ...warmUpShape,
    ...upstreamShape,
  }),
  async create(settings, { name }) {
    const {
      kind: _kind,
      url,
      format,
      idempotent,
      maxRequestSize,
      maxAnswerSize,
      ...rest
    } = settings
    const { headers, headersFrom, warmUp, ...shared } = rest
    const fixed = readHeaders({ headers, headersFrom }, name)
    const { options, retry } = upstreamOptions(shared)
    const { keyHeader } = settings
    const transport = openTransport(maxAnswerSize)
    const createBatcher = (given: BatcherOptions<Parcel>) =>
      httpBatcher<Parcel>(url, {
        ...given,
        ...retry,
        ...bodies(format),
        ...(keyHeader !== undefined && { batchKey: ({ key }: Parcel) => key }),
        fetch: transport.fetch,
        headers: (parcels) => ({ ...fixed, ...traceOf(parcels) }),
        idempotent,
        ...(maxRequestSize !== undefined && { maxBodySize: maxRequestSize }),
      })
    return {
      name,
      keyHeader,
      options,
      isJsonOnly: true,
      createBatcher,
      problemOf: (error) => upstreamProblem(error, idempotent),
      ...(warmUp !== undefined && {
        warmUp: () => warmUpWith(name, createBatcher(options), warmUp.map(parcelOf)),
      }),
      close: transport.close,
    }
  },
})

/** How items become a body, and an answer results. */
function bodies(format: Format): Pick<HttpBatcherOptions<Parcel, unknown>, 'request' | 'results'> {
  const itemsOf = (parcels: readonly Parcel[]): unknown[] => parcels.map(({ item }) => item)
  if (format === 'array') return { request: itemsOf }
  return {
    request: (parcels) => ({ instances: itemsOf(parcels) }),
    results: (answer) => (Object(answer) as { predictions: unknown[] }).predictions,
  }
}

function parcelOf(item: unknown): Parcel {
  return { item, key: undefined, trace: undefined, deadline: Infinity }
}
