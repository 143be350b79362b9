import { guard } from '../platform/guards.ts'
import { type BatchWorkers, batchWorkers } from './batch-workers.ts'
import { checkJson, ChildWorker } from './child-worker.ts'
import { type ProcessBatchOptions, readProcessOptions } from './process-options.ts'

const action = 'create processBatch'

const checkCommand = guard<readonly string[]>(
  'an array of a program and its arguments',
  (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value[0] !== '' &&
    value.every((part) => typeof part === 'string'),
)

/**
 * A batch function that is a program of any language, which runs as long as it is needed.
 *
 * The program reads lines from its standard input, one a batch: `{"id": 1, "items": [3, 4]}`, with a
 * `key` if the batcher has a `batchKey`. It answers each by a line on its standard output,
 * flushed: `{"id": 1, "results": [9, 16]}`. Items that failed have an error instead of their
 * result, by index: `{"id": 1, "results": [9, null], "errors": {"1": "too large"}}`; those in
 * `"retries": {"1": 100}` are sent again after so many milliseconds. With
 * `{"id": 1, "error": "out of memory"}` the batch has failed. An error is a text, or an object whose
 * fields the caller finds in the error. At the end of its input the program ends.
 *
 * - One line per batch, one batch per process at a time.
 * - A process that ends, is killed, or writes what is no answer fails its batch with a `WorkerError`
 *   and no other batch; the next one starts a new process.
 * - An item that cannot be written as JSON fails alone.
 * - An idle process does not keep this one alive, and ends with it.
 *
 * @param command the program and its arguments; no shell reads them.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 * import { processBatch } from 'jitney/worker'
 *
 * const program = `
 * import json, sys
 * for line in sys.stdin:
 *     batch = json.loads(line)
 *     results = [n * n for n in batch["items"]]
 *     print(json.dumps({"id": batch["id"], "results": results}), flush=True)
 * `
 * const square = processBatch<number, number>(['python3', '-c', program])
 * const squares = new Batcher(square, { concurrency: square.size })
 * await squares.processAll([3, 4]) // => [9, 16]
 * await squares.close()
 * await square.close()
 * ```
 */
export function processBatch<Item, Result>(
  command: readonly [string, ...string[]],
  options?: ProcessBatchOptions,
): BatchWorkers<Item, Result> {
  const checked = [...checkCommand(action, 'command', command)]
  const settings = readProcessOptions(action, 'options', options)
  return batchWorkers(
    'the process',
    (onLost) => new ChildWorker(checked, settings, onLost),
    settings,
    checkJson,
  )
}
