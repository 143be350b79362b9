import type { Weight } from '../../batcher/options.ts'
import { refusal } from '../../platform/errors.ts'
import { bytesOf } from '../json.ts'
import type { OpenAISettings } from './options.ts'

/** What one call of the API takes as one input: a text, or its tokens. */
export type Input = string | readonly number[]

const outOfRange = 'JITNEY_OUT_OF_RANGE'

type Limits = Pick<OpenAISettings, 'countTokens' | 'maxInputTokens' | 'maxRequestTokens'>

/**
 * What inputs weigh in tokens. Refuses what the API would refuse together with the whole request:
 * an empty input, and one that is known to have too many tokens.
 */
export function tokenWeight(action: string, limits: Limits): Weight<Input> {
  const { countTokens, maxInputTokens, maxRequestTokens } = limits
  const of = (input: Input): number => {
    if (typeof input !== 'string' && !isTokens(input)) {
      throw refusal(action, 'input', 'a string or an array of tokens', input)
    }
    if (input.length === 0) throw refusal(action, 'input', 'not empty', input, outOfRange)
    const isKnown = typeof input !== 'string' || countTokens !== undefined
    // A token has at least a byte. And what the server takes has no more than the maximum.
    if (!isKnown) return Math.min(bytesOf(input), maxInputTokens, maxRequestTokens)
    const tokens = countTokens === undefined ? input.length : countTokens(input as never)
    if (tokens > maxInputTokens) {
      const allowed = `at most ${maxInputTokens} tokens, which is 'maxInputTokens'`
      throw refusal(action, 'input', allowed, tokens, outOfRange)
    }
    return tokens
  }
  return { of, max: maxRequestTokens }
}

function isTokens(input: unknown): boolean {
  return Array.isArray(input) && input.every((token) => Number.isSafeInteger(token) && token >= 0)
}
