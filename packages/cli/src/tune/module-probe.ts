import { Batcher, type BatcherOptions, BatchError, type BatchFunction, type Clock } from 'jitney'
import type { ExampleItems } from './example-items.ts'
import type { Probe, Reading } from './probe.ts'

export interface ModuleProbeOptions {
  readonly batchFunction: BatchFunction<unknown, unknown>
  readonly items: ExampleItems<unknown>
  /** Milliseconds that a batch may take. */
  readonly timeout: number
  readonly batchKey: BatcherOptions['batchKey']
  readonly clock: Pick<Clock, 'now'>
}

/** Calls a batch function by a batcher of its own for each batch, which makes sure that it is one. */
export class ModuleProbe implements Probe {
  readonly #options: ModuleProbeOptions

  constructor(options: ModuleProbeOptions) {
    this.#options = options
  }

  async run(size: number): Promise<Reading> {
    const { batchFunction, items, timeout, batchKey, clock } = this.#options
    let duration = 0
    // Inside of the batcher, whose own work is not what is asked for.
    const timed: BatchFunction<unknown, unknown> = async (batch, context) => {
      const start = clock.now()
      const results = await batchFunction(batch, context)
      duration = clock.now() - start
      return results
    }
    const batcher = new Batcher(timed, { maxBatchSize: size, timeout, batchKey })
    const results = await batcher.processAllSettled(items.take(size))
    const failures = results.filter((result) => result.status === 'rejected')
    if (failures.length === size) throw reasonOf(failures[0]!.reason)
    return { duration, failed: failures.length }
  }

  close(): void {
    // A batch that runs is not waited for: JavaScript stops no function.
  }
}

/** The function's own error says more than that its batch failed. */
function reasonOf(error: unknown): Error {
  const isShared = error instanceof BatchError && error.cause instanceof Error
  return (isShared ? error.cause : error) as Error
}
