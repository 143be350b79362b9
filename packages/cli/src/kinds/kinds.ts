import { httpKind } from './http-kind.ts'
import type { Kind } from './kind.ts'
import { kserveKind } from './kserve/kserve-kind.ts'
import { moduleKind } from './module-kind.ts'
import { openaiEmbeddingsKind } from './openai/openai-kind.ts'
import { processKind } from './process-kind.ts'
import { remoteKind } from './remote/remote-kind.ts'

/** All kinds of routes, by the word that a configuration calls them. */
export const kinds: readonly Kind[] = [
  moduleKind,
  processKind,
  httpKind,
  openaiEmbeddingsKind,
  kserveKind,
  remoteKind,
]
