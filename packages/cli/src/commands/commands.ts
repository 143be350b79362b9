import { map } from './map.ts'
import { mapDescription } from './map-help.ts'
import { serve } from './serve.ts'
import { serveDescription } from './serve-arguments.ts'

/** One verb of the command line. */
export interface Verb {
  readonly description: string
  /** Resolves to the exit code. */
  readonly run: (argv: readonly string[]) => Promise<number>
}

export const commands: Readonly<Record<string, Verb>> = {
  map: { description: mapDescription, run: map },
  serve: { description: serveDescription, run: serve },
}
