/** Embeddings and moderations of OpenAI's API, and of others that speak it. */
export { embeddingsBatcher, type Embedding, type EmbeddingsOptions } from './embeddings-batcher.ts'
export {
  moderationsBatcher,
  type Moderation,
  type ModerationsOptions,
} from './moderations-batcher.ts'
export type { OpenAIOptions } from './options.ts'
export type { Input } from './tokens.ts'
export type { Usage } from './usage.ts'
