/** Programs for `processBatch` and modules for `threadBatch`. */
import { Batcher, type BatcherOptions } from '../../src/index.ts'
import {
  type BatchWorkers,
  processBatch,
  type ProcessBatchOptions,
} from '../../src/worker/index.ts'

const read = `
const answer = (message) => process.stdout.write(JSON.stringify(message) + '\\n')
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => handle(JSON.parse(line)))
`

/** A program of which `handle(message)` is called for each line, and which calls `answer`. */
export function program(body: string): [string, ...string[]] {
  return [process.execPath, '-e', `${read}\n${body}`]
}

export interface Setup<Item, Result> {
  readonly workers: BatchWorkers<Item, Result>
  readonly batcher: Batcher<Item, Result>
  end(): Promise<void>
}

export function setUp<Item, Result>(
  workers: BatchWorkers<Item, Result>,
  options?: BatcherOptions<Item>,
): Setup<Item, Result> {
  const batcher = new Batcher<Item, Result>(workers, { concurrency: workers.size, ...options })
  const end = async (): Promise<void> => {
    await batcher.close()
    await workers.close()
  }
  return { workers, batcher, end }
}

export function setUpProcess<Item, Result>(
  body: string,
  options?: ProcessBatchOptions,
  batcherOptions?: BatcherOptions<Item>,
): Setup<Item, Result> {
  return setUp(
    processBatch<Item, Result>(program(body), { restart: { minDelay: 1 }, ...options }),
    batcherOptions,
  )
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error & { cause: unknown }> {
  try {
    await promise
  } catch (error) {
    return error as Error & { cause: unknown }
  }
  throw new Error('it did not reject')
}
