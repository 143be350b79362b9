import type { Input, Parameters } from './embeddings-request.ts'

/** One input on its way. */
export interface Item {
  readonly input: Input
  readonly parameters: Parameters
  /** Equal for those that can share an upstream request. */
  readonly key: string
  readonly tokens: number
  /** The client's own, if it is passed on. */
  readonly authorization: string | undefined
}
