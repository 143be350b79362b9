import { StartError } from '../../errors.ts'
import type { Input } from './embeddings-request.ts'

export const tokenizers = ['cl100k_base', 'o200k_base', 'p50k_base', 'r50k_base'] as const

export type Tokenizer = (typeof tokenizers)[number]

/** How many tokens an input has. */
export interface CountTokens {
  /** Exact for tokens, and for texts with a tokenizer; else no fewer than there are. */
  readonly of: (input: Input) => number
  readonly isExact: (input: Input) => boolean
}

/** Texts are counted by their bytes, of which a token has at least one, or by a tokenizer. */
export async function tokenCounter(
  tokenizer: Tokenizer | undefined,
  most: number,
  route: string,
): Promise<CountTokens> {
  const count = tokenizer === undefined ? undefined : await load(tokenizer, route)
  return {
    of: (input) => {
      if (typeof input !== 'string') return input.length
      return count?.(input) ?? Math.min(Buffer.byteLength(input), most)
    },
    isExact: (input) => typeof input !== 'string' || count !== undefined,
  }
}

async function load(tokenizer: Tokenizer, route: string): Promise<(text: string) => number> {
  try {
    const { countTokens } = (await import(`gpt-tokenizer/encoding/${tokenizer}`)) as {
      countTokens: (text: string, options: object) => number
    }
    // What looks like a special token in a text is text.
    return (text) => countTokens(text, { disallowedSpecial: new Set() })
  } catch (error) {
    throw new StartError(
      `Cannot take routes.${route}.tokenizer: it needs the package gpt-tokenizer, which cannot be loaded`,
      { cause: error },
    )
  }
}
