import { cli } from 'cleye'
import { checkArguments } from '../arguments/check-arguments.ts'
import { helpWithNotes } from '../arguments/help-with-notes.ts'
import * as types from '../arguments/flag-types.ts'
import { withNegatives } from '../arguments/with-negatives.ts'
import { UsageError } from '../errors.ts'
import { workerDescription, workerExamples, workerNotes, workerUsage } from './worker-help.ts'

const name = 'jitney worker'
const most = 1_000_000

const flagTypes = {
  queue: {
    type: types.queueName('--queue'),
    placeholder: '<name>',
    description: 'Queue to take from (default: the name of the export)',
  },
  sqlite: {
    type: types.text('--sqlite'),
    placeholder: '<file>',
    description: 'File that the queues are in, instead of Redis',
  },
  maxBatchSize: {
    type: types.integer('--max-batch-size', 1, most),
    placeholder: '<items>',
    description: 'Most items in a batch (default: 100)',
  },
  maxQueueTime: {
    type: types.queueTime('--max-queue-time'),
    placeholder: '<ms|adaptive>',
    description: 'How long an item may wait for company while a batch could run',
  },
  concurrency: {
    type: types.integer('--concurrency', 1, most),
    placeholder: '<batches>',
    description: 'Most batches that run at once (default: 1)',
  },
  timeout: {
    type: types.duration('--timeout'),
    placeholder: '<ms>',
    description: 'How long one run of a batch function may take (default: no limit)',
  },
  lease: {
    type: types.integer('--lease', 1, 2 ** 31 - 1),
    placeholder: '<ms>',
    description: 'How long it may say nothing before others take its items (default: 30000)',
  },
  maxDeliveries: {
    type: types.integer('--max-deliveries', 1, most),
    placeholder: '<times>',
    description: 'How often an item is tried before it is a dead letter (default: 5)',
  },
  closeTimeout: {
    type: types.duration('--close-timeout'),
    placeholder: '<ms>',
    description: 'How long stopping may take before what runs is aborted (default: 25000)',
  },
} as const

/** Options of workers that the command line can say. */
export interface WorkerFlags {
  readonly maxBatchSize?: number | undefined
  readonly maxQueueTime?: number | 'adaptive' | undefined
  readonly concurrency?: number | undefined
  readonly timeout?: number | undefined
  readonly lease?: number | undefined
  readonly maxDeliveries?: number | undefined
}

/** What `jitney worker` was told. */
export interface WorkerArguments {
  readonly file: string
  readonly queue: string | undefined
  readonly sqlite: string | undefined
  readonly closeTimeout: number
  /** They hold whatever the module says. */
  readonly overrides: WorkerFlags
}

/** Reads what stands after `jitney worker`. Throws a `UsageError` that names what it cannot take. */
export function readWorkerArguments(argv: readonly string[]): WorkerArguments {
  const parsed = cli(
    {
      name,
      parameters: ['[module]'],
      flags: flagTypes,
      help: helpWithNotes(
        { description: workerDescription, usage: workerUsage, examples: workerExamples },
        workerNotes,
      ),
    },
    undefined,
    withNegatives(argv),
  )
  checkArguments(name, Object.keys(flagTypes), 1, parsed)
  const { module: file } = parsed._
  if (file === undefined) {
    throw new UsageError(
      `Cannot run ${name}: expected a module, as in jitney worker ./model.ts, received nothing`,
    )
  }
  const { queue, sqlite, closeTimeout = 25_000, ...rest } = parsed.flags
  const { maxBatchSize, maxQueueTime, concurrency, timeout, lease, maxDeliveries } = rest
  const overrides = { maxBatchSize, maxQueueTime, concurrency, timeout, lease, maxDeliveries }
  return { file, queue, sqlite, closeTimeout, overrides }
}
