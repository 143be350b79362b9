import type { Kind } from './kind.ts'
import { moduleKind } from './module-kind.ts'

/** All kinds of routes, by the word that a configuration calls them. */
export const kinds: readonly Kind[] = [moduleKind]
