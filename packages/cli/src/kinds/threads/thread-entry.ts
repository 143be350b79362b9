/** What runs in each thread: one batch function of the served module. */
import type { BatchFunction } from 'jitney'
import { loadModule } from '../../module/load-module.ts'
import { readExport } from '../../module/read-routes.ts'

/** Which one. */
export interface ThreadModule {
  /** The module, as an absolute path. */
  readonly file: string
  readonly exportName: string
}

type Parameters = globalThis.Parameters<BatchFunction<unknown, unknown>>

let loaded: Promise<BatchFunction<unknown, unknown>> | undefined

/** Nothing to do means to load the module: that is how a thread warms up. */
export async function runBatch(
  items: Parameters[0],
  context: Parameters[1] & { readonly data: ThreadModule },
): Promise<unknown> {
  loaded ??= load(context.data)
  const batchFunction = await loaded
  return items.length === 0 ? [] : batchFunction(items, context)
}

async function load({ file, exportName }: ThreadModule): Promise<BatchFunction<unknown, unknown>> {
  return readExport(file, await loadModule(file), exportName, exportName).batchFunction
}
