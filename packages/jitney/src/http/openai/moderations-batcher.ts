import type { Batcher } from '../../batcher/batcher.ts'
import type { Guard } from '../../platform/guards.ts'
import { wrongAnswer } from '../http-error.ts'
import { readOptions } from '../../integration/options.ts'
import { apiBatcher } from './api-batcher.ts'
import { guardsWith, type OpenAIOptions, type OpenAISettings } from './options.ts'
import { type Usage, usageOf } from './usage.ts'

/** What comes back for one text, as the API says it. */
export interface Moderation {
  /** Whether any category applies. */
  readonly flagged: boolean
  /** Whether each category applies. */
  readonly categories: Readonly<Record<string, boolean>>
  /** From 0 to 1. */
  readonly categoryScores: Readonly<Record<string, number>>
  /** What the whole request cost: one object for all texts that shared it. */
  readonly usage: Usage
}

/** Options of `moderationsBatcher`. `maxBatchSize` is 32 by default: the API names no maximum. */
export type ModerationsOptions = OpenAIOptions<string>

const guards: { readonly [Name in keyof OpenAISettings]: Guard<OpenAISettings[Name]> } =
  /* @__PURE__ */ guardsWith(32_768)

/**
 * Moderations of any OpenAI-compatible endpoint: each caller hands over one text. Limits, attempts
 * and failures are those of `embeddingsBatcher`; results are matched by position.
 *
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { moderationsBatcher } from 'jitney/openai'
 *
 * // Stands in for the API.
 * const fetch = async (_url: unknown, { body }: { body?: unknown } = {}) => {
 *   const { input } = JSON.parse(String(body)) as { input: string[] }
 *   const results = input.map((text) => ({
 *     flagged: text.includes('!'),
 *     categories: {},
 *     category_scores: {},
 *   }))
 *   return Response.json({ results })
 * }
 * const moderations = moderationsBatcher({ model: 'omni-moderation-latest', apiKey: 'secret', fetch })
 * const { flagged } = await moderations.process('Go away!')
 * flagged // => true
 * ```
 */
export function moderationsBatcher(options: ModerationsOptions): Batcher<string, Moderation> {
  const { own, rest } = readOptions<OpenAISettings, string>(
    'create moderationsBatcher',
    guards,
    options,
    ['weight', 'batchKey'],
  )
  return apiBatcher<string, Moderation>(
    own,
    {
      action: 'moderate input',
      path: '/moderations',
      parameters: {},
      resultsOf: readModerations,
    },
    { maxBatchSize: 32, ...rest },
  )
}

interface Said {
  flagged: boolean
  categories: Record<string, boolean>
  category_scores: Record<string, number>
}

function readModerations(answer: unknown, inputs: number): Moderation[] {
  const { results } = Object(answer) as { results?: unknown }
  if (!Array.isArray(results) || results.length !== inputs) {
    throw wrongAnswer(`'results' with one for each of ${inputs} inputs`, results ?? answer)
  }
  const usage = usageOf(answer, inputs)
  return (results as Said[]).map((each) => ({
    flagged: each.flagged,
    categories: each.categories,
    categoryScores: each.category_scores,
    usage,
  }))
}
