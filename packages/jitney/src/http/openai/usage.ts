/** What one request cost. All inputs of the request share the object. */
export interface Usage {
  /** Tokens of all inputs of the request; 0 where the server does not tell. */
  readonly promptTokens: number
  /** What is charged for the request, in tokens; 0 where the server does not tell. */
  readonly totalTokens: number
  /** Inputs of the request. */
  readonly inputs: number
}

export function usageOf(answer: unknown, inputs: number): Usage {
  const { usage } = Object(answer) as { usage?: unknown }
  const { prompt_tokens: prompt, total_tokens: total } = Object(usage) as Record<string, unknown>
  const promptTokens = typeof prompt === 'number' ? prompt : 0
  return Object.freeze({
    promptTokens,
    totalTokens: typeof total === 'number' ? total : promptTokens,
    inputs,
  })
}
