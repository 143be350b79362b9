import { HttpError } from 'jitney/http'
import type { Item } from './embeddings-item.ts'
import { sharesOf } from './shares.ts'

/** What came back for one input. */
export interface Embedded {
  readonly embedding: readonly number[] | string
  readonly model: unknown
  /** What it cost of what its upstream request did. */
  readonly promptTokens: number
  readonly totalTokens: number
}

/** The results in the answer of an upstream; an `Error` for an input that has none. */
export function readAnswer(answer: unknown, items: readonly Item[]): readonly (Embedded | Error)[] {
  const { data, model, usage } = Object(answer) as Record<string, unknown>
  if (!Array.isArray(data))
    throw wrong(`'data' with an embedding for each of ${items.length} inputs`)
  const found = Array<unknown>(items.length).fill(undefined)
  for (const [position, each] of data.entries()) {
    // Without an index, the place says which it is, if none is missing.
    const place = data.length === items.length ? position : -1
    const { index = place, embedding } = Object(each) as { index?: number; embedding?: unknown }
    if (!(index in found) || found[index] !== undefined) throw wrong('each index once')
    found[index] = embedding
  }
  const { prompt_tokens: prompt, total_tokens: total } = Object(usage) as Record<string, unknown>
  const weights = items.map(({ tokens }) => tokens)
  const promptShares = sharesOf(countOf(prompt), weights)
  const totalShares = sharesOf(countOf(total ?? prompt), weights)
  return items.map(({ parameters }, place) => {
    const embedding = vectorAs(parameters.encoding_format ?? 'float', found[place])
    if (embedding === undefined) return wrong(`an embedding with the index ${place}`)
    const [promptTokens, totalTokens] = [promptShares[place]!, totalShares[place]!]
    return { embedding, model, promptTokens, totalTokens }
  })
}

/** The answer to one request of a client. */
export function writeAnswer(results: readonly Embedded[]): object {
  const sum = (count: (result: Embedded) => number): number =>
    results.reduce((all, result) => all + count(result), 0)
  return {
    object: 'list',
    data: results.map(({ embedding }, index) => ({ object: 'embedding', index, embedding })),
    model: results[0]?.model,
    usage: {
      prompt_tokens: sum(({ promptTokens }) => promptTokens),
      total_tokens: sum(({ totalTokens }) => totalTokens),
    },
  }
}

/** As the client asked for it: not every server knows base64. */
function vectorAs(
  format: 'float' | 'base64',
  embedding: unknown,
): Embedded['embedding'] | undefined {
  if (Array.isArray(embedding)) {
    if (format === 'float') return embedding as number[]
    return Buffer.from(Float32Array.from(embedding as number[]).buffer).toString('base64')
  }
  if (typeof embedding !== 'string' || format === 'base64') return embedding as string | undefined
  const bytes = Buffer.from(embedding, 'base64')
  return Array.from({ length: bytes.length >> 2 }, (_, place) => bytes.readFloatLE(place * 4))
}

function countOf(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0
}

function wrong(expected: string): HttpError {
  return new HttpError('JITNEY_WRONG_ANSWER', `Cannot read the answer: expected ${expected}`)
}
