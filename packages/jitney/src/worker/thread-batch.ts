import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BroadcastChannel } from 'node:worker_threads'
import { guard } from '../platform/guards.ts'
import { type BatchWorkers, batchWorkers } from './batch-workers.ts'
import { checkReadable, hasSmallStack } from './readable.ts'
import { type ThreadBatchOptions, threadOptions } from './thread-options.ts'
import { ThreadWorker } from './thread-worker.ts'

const action = 'create threadBatch'

const checkModule = guard<string | { readonly href: string }>('a file: URL or a path', (value) =>
  typeof value === 'string'
    ? value !== '' && !/^(?!file:)[a-z]{2,}:/.test(value)
    : value instanceof URL && value.protocol === 'file:',
)

let pools = 0

/**
 * A batch function that is the function of another module, run by threads: one message per batch.
 *
 * The function gets the items and `{ signal, key, reason, data }`, and returns what any batch function
 * returns, outcomes included. TypeScript runs where the runtime can, or where `jiti` is
 * installed. Needs `piscina`.
 *
 * - An abort, or the batcher's `timeout`, aborts the function's `signal` first; after the grace time
 *   the thread is ended and replaced. The batcher's slot is held until then.
 * - A thread that ends, runs out of memory or fails outside of the function fails its batch with a
 *   `WorkerError` and no other batch; the next one starts a new thread.
 * - An item or result that cannot be cloned fails alone. Errors keep their name, message, stack,
 *   cause and fields, not their class; objects lose theirs, as in `structuredClone`.
 * - An idle thread does not keep the process alive.
 *
 * @param module where it lies: a `file:` URL, such as `new URL('./hash.js', import.meta.url)`, or a
 * path from the current folder.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { Batcher } from 'jitney'
 * import { threadBatch } from 'jitney/worker'
 *
 * const module = join(tmpdir(), 'squares.mjs')
 * writeFileSync(module, 'export default (numbers) => numbers.map((n) => n * n)')
 * const square = threadBatch<number, number>(module, { size: 2 })
 * const squares = new Batcher(square, { concurrency: square.size })
 * await squares.processAll([3, 4]) // => [9, 16]
 * await squares.close()
 * await square.close()
 * ```
 */
export function threadBatch<Item, Result>(
  module: string | { readonly href: string },
  options?: ThreadBatchOptions,
): BatchWorkers<Item, Result> {
  const checked = checkModule(action, 'module', module)
  const settings = threadOptions(availableParallelism())(action, 'options', options)
  const channel = new BroadcastChannel(`jitney:threads:${process.pid}:${++pools}`)
  channel.unref()
  const parts = { module: urlOf(checked), settings, channel }
  return batchWorkers(
    'the thread',
    (onLost) => new ThreadWorker(parts, onLost),
    settings,
    (item) => {
      structuredClone(item)
      if (hasSmallStack(settings.memory)) checkReadable(item)
    },
    () => {
      channel.close()
    },
  )
}

function urlOf(module: string | { readonly href: string }): string {
  if (typeof module !== 'string') return module.href
  return module.startsWith('file:') ? module : pathToFileURL(resolve(module)).href
}
