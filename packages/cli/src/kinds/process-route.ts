import { resolve } from 'node:path'
import type { BatcherOptions } from 'jitney'
import { processBatch, type ProcessBatchOptions } from 'jitney/worker'
import { checkCommand } from '../map/find-command.ts'
import type { FunctionRoute } from './route.ts'
import { warmUpBy } from './warm-up.ts'

export interface ProcessRouteSettings {
  readonly process: ProcessBatchOptions
  readonly options: BatcherOptions
  readonly keyHeader?: string | undefined
  /** Items for a first call of each process. */
  readonly warmUp?: readonly unknown[] | undefined
}

/** A route whose batches are lines to processes. Throws a `StartError` if there is no such program. */
export function processRoute(
  name: string,
  command: readonly [string, ...string[]],
  { process, options, keyHeader, warmUp }: ProcessRouteSettings,
): FunctionRoute {
  const [program] = command
  checkCommand(program.includes('/') ? resolve(process.folder ?? '.', program) : program)
  const workers = processBatch<unknown, unknown>(command, process)
  return {
    name,
    batchFunction: workers,
    options: { concurrency: workers.size, ...options },
    keyHeader,
    isJsonOnly: true,
    ...(warmUp && { warmUp: () => warmUpBy(name, () => workers.warmUp(warmUp)) }),
    close: () => workers.close(),
  }
}
