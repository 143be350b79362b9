import { refused } from './api-problem.ts'

/** One input: a text, or its tokens. */
export type Input = string | readonly number[]

/** What a request says beside its input: requests of one set can share an upstream's. */
export type Parameters = Readonly<Record<string, unknown>> & {
  readonly model: string
  readonly encoding_format?: 'float' | 'base64'
}

export interface EmbeddingsRequest {
  readonly inputs: readonly Input[]
  readonly parameters: Parameters
}

/** Reads a request as OpenAI's clients send it. Throws a `ProblemError` in the API's words. */
export function readRequest(body: unknown): EmbeddingsRequest {
  if ({}.toString.call(body) !== '[object Object]')
    throw refused('We could not parse the JSON body of your request: it must be an object.')
  const { input, ...parameters } = body as Record<string, unknown>
  checkParameters(parameters)
  return { inputs: inputsOf(input), parameters: parameters as Parameters }
}

/** An input that the API would refuse together with all others of its request. */
export function checkTokens(input: Input, tokens: number, most: number): void {
  if (input.length === 0) throw refused("Invalid 'input': it cannot be empty.")
  if (tokens <= most) return
  throw refused(
    `This model's maximum context length is ${most} tokens, however you requested ${tokens} tokens. Please reduce your input.`,
  )
}

/** Equal for requests of one parameter set. */
export function keyOf(parameters: Parameters): string {
  return JSON.stringify(
    Object.entries(parameters).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}

function checkParameters(parameters: Record<string, unknown>): void {
  const { model, dimensions, encoding_format: format, user } = parameters
  if (model === undefined) throw refused('you must provide a model parameter', 'model')
  if (typeof model !== 'string' || model === '')
    throw refused("Invalid 'model': expected a non-empty string.", 'model')
  if (dimensions !== undefined && !(Number.isSafeInteger(dimensions) && (dimensions as number) > 0))
    throw refused("Invalid 'dimensions': expected an integer of at least 1.", 'dimensions')
  if (format !== undefined && format !== 'float' && format !== 'base64')
    throw refused("Invalid 'encoding_format': expected 'float' or 'base64'.", 'encoding_format')
  if (user !== undefined && typeof user !== 'string')
    throw refused("Invalid 'user': expected a string.", 'user')
}

function inputsOf(input: unknown): readonly Input[] {
  if (typeof input === 'string') return [input]
  if (Array.isArray(input) && input.length > 0) {
    if (isTokens(input)) return [input]
    if (input.every((each) => typeof each === 'string') || input.every(isTokens)) return input
  }
  throw refused(
    "Invalid 'input': expected a string, an array of strings, an array of tokens, or an array of those, none of them empty.",
  )
}

function isTokens(value: unknown): value is number[] {
  const isToken = (token: unknown): boolean => Number.isSafeInteger(token) && (token as number) >= 0
  return Array.isArray(value) && value.length > 0 && value.every(isToken)
}
