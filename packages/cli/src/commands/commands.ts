import { mapDescription } from './map-help.ts'
import { queueDescription } from './queue-help.ts'
import { serveDescription } from './serve-help.ts'
import { tuneDescription } from './tune-help.ts'
import { workerDescription } from './worker-help.ts'

/** One verb of the command line. */
export interface Verb {
  readonly description: string
  /** Resolves to the exit code. */
  readonly run: (argv: readonly string[]) => Promise<number>
}

/** A verb loads what it needs, and nothing of the others. */
export const commands: Readonly<Record<string, Verb>> = {
  map: {
    description: mapDescription,
    run: async (argv) => (await import('./map.ts')).map(argv),
  },
  queue: {
    description: queueDescription,
    run: async (argv) => (await import('./queue.ts')).runQueue(argv),
  },
  serve: {
    description: serveDescription,
    run: async (argv) => (await import('./serve.ts')).serve(argv),
  },
  tune: {
    description: tuneDescription,
    run: async (argv) => (await import('./tune.ts')).tune(argv),
  },
  worker: {
    description: workerDescription,
    run: async (argv) => (await import('./worker.ts')).runWorker(argv),
  },
}
