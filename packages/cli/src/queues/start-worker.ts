import { BatchTimeoutError } from 'jitney'
import { BatchWorker, type RemoteBatchFunction, type Transport } from 'jitney/remote'
import type { WorkerFlags } from '../commands/worker-arguments.ts'
import { StartError } from '../errors.ts'
import type { FunctionRoute } from '../kinds/route.ts'
import { workerOptions } from './worker-options.ts'

/** What a worker tells of while it works. */
export interface WorkerEvents {
  /** A batch began or ended. */
  readonly onBatch: () => void
  /** The batch function threw; its items are tried again, or their callers told. */
  readonly onFailure: (error: unknown) => void
  /** The transport failed; the call is made again. */
  readonly onError: (error: unknown) => void
}

/** Begins to work on a queue. Throws a `StartError` if its options are wrong. */
export function startWorker(
  queue: string,
  { batchFunction, options }: FunctionRoute,
  overrides: WorkerFlags,
  transport: Transport,
  { onBatch, onFailure, onError }: WorkerEvents,
): BatchWorker<unknown> {
  const told: RemoteBatchFunction<unknown> = async (items, context) => {
    onBatch()
    try {
      return await batchFunction(items, context)
    } catch (error) {
      // What ended since it was aborted is no news.
      if (!context.signal.aborted || context.signal.reason instanceof BatchTimeoutError) {
        onFailure(error)
      }
      throw error
    } finally {
      onBatch()
    }
  }
  const own = workerOptions(queue, options)
  const said = Object.entries(overrides).filter(([, value]) => value !== undefined)
  try {
    return new BatchWorker(queue, told, {
      ...own,
      ...Object.fromEntries(said),
      transport,
      onError,
    })
  } catch (error) {
    throw new StartError(`Cannot work on ${queue}: ${(error as Error).message}`, { cause: error })
  }
}
