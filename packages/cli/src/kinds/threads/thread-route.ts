import { threadBatch } from 'jitney/worker'
import type { FunctionRoute } from '../route.ts'
import { warmUpBy } from '../warm-up.ts'
import type { ThreadModule } from './thread-entry.ts'

/** The file beside this one, from source and built alike. */
const entry = new URL(import.meta.url.replace(/thread-route(\.[jt]s)/, 'thread-entry$1'))

export interface ThreadSettings {
  /** How many run at once. */
  readonly threads: number
  /** Items for a first call of each thread; without them, it loads the module. */
  readonly warmUp?: readonly unknown[] | undefined
}

/**
 * The same route, its batch function run by threads that load the module themselves. What the
 * options do with single items stays in this one.
 *
 * @param file the module, as an absolute path.
 */
export function threadRoute(
  route: FunctionRoute,
  file: string,
  exportName: string,
  { threads, warmUp = [] }: ThreadSettings,
): FunctionRoute {
  const workers = threadBatch<unknown, unknown>(entry, {
    data: { file, exportName } satisfies ThreadModule,
    size: threads,
    exportName: 'runBatch',
    // Items are sent again after a failure, and keys are made of them.
    move: false,
  })
  return {
    ...route,
    batchFunction: workers,
    options: { concurrency: workers.size, ...route.options },
    warmUp: () => warmUpBy(route.name, () => workers.warmUp(warmUp)),
    close: () => workers.close(),
  }
}
