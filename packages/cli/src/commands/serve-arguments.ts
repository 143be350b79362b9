import { availableParallelism } from 'node:os'
import { cli } from 'cleye'
import type { BatcherOptions } from 'jitney'
import { checkArguments } from '../arguments/check-arguments.ts'
import {
  bytes,
  command,
  count,
  duration,
  integer,
  queueTime,
  text,
  word,
} from '../arguments/flag-types.ts'
import { withNegatives } from '../arguments/with-negatives.ts'
import { isConfigFile } from '../config/is-config-file.ts'
import { UsageError } from '../errors.ts'
import { serveDescription } from './serve-help.ts'

/** What the command line can say of the service itself. */
export interface ServiceFlags {
  readonly host?: string
  readonly port?: number
  readonly listen?: string
  readonly tokenFile?: string
  readonly log?: 'text' | 'json'
  readonly accessLog?: boolean
  readonly allowedHosts?: readonly string[]
  readonly maxBodySize?: number
  readonly maxQueuedBytes?: number
  readonly maxStreams?: number
  readonly maxConnections?: number
  readonly requestTimeout?: number
  readonly closeTimeout?: number
}

/** What `jitney serve` was told. */
export interface ServeArguments {
  /** The module or the configuration; none with `exec`. */
  readonly file: string | undefined
  /** The command of a process to serve instead. */
  readonly exec: string | undefined
  /** How many processes of it run at once. */
  readonly processes: number | undefined
  /** How many threads run the module's functions, each; without it, this process does. */
  readonly threads: number | undefined
  /** What was said of the service; it holds whatever the configuration says. */
  readonly service: ServiceFlags
  /** Options of the batcher that hold for every route, whatever the module says. */
  readonly overrides: BatcherOptions
}

/** One a core, if the flag stands alone. */
function threads(value: string): number {
  return value === '' ? availableParallelism() : integer('--threads', 1, 1000)(value)
}

const flagTypes = {
  exec: {
    type: command('--exec'),
    placeholder: '<command>',
    description: 'Serve a program instead: one line of JSON for each batch in, one out',
  },
  processes: {
    type: integer('--processes', 1, 1000),
    placeholder: '<number>',
    description: 'How many processes of it run at once (default: 1)',
  },
  threads: {
    type: threads,
    placeholder: '<number>',
    description: 'Run the module in so many threads (default with no number: one a core)',
  },
  host: {
    type: text('--host'),
    placeholder: '<address>',
    description: 'Address to listen on; 0.0.0.0 or :: for all (default: 127.0.0.1)',
  },
  port: {
    type: integer('--port', 0, 65_535),
    placeholder: '<number>',
    description: 'Port to listen on; 0 takes a free one (default: 8080)',
  },
  listen: {
    type: text('--listen'),
    placeholder: '<path>',
    description: 'Unix socket to listen on instead of an address and a port',
  },
  tokenFile: {
    type: text('--token-file'),
    placeholder: '<path>',
    description: 'File with the bearer token that clients must show (or JITNEY_TOKEN)',
  },
  log: {
    type: word('--log', ['text', 'json']),
    placeholder: '<text|json>',
    description: 'How the log is written; json: one object a line, to stderr (default: text)',
  },
  accessLog: {
    type: Boolean,
    description: 'A line for each request: its id, route, status, duration and sizes',
  },
  allowedHost: {
    type: [text('--allowed-host')],
    placeholder: '<name>',
    description:
      'Name that clients may call the service by, beside localhost; may be repeated, * for any',
  },
  maxBodySize: {
    type: bytes('--max-body-size'),
    placeholder: '<bytes>',
    description: 'Most bytes in a body, as 65536, 64k or 1m (default: 1m)',
  },
  maxQueuedBytes: {
    type: bytes('--max-queued-bytes'),
    placeholder: '<bytes>',
    description: 'Most bytes of items that wait or run (default: 256m)',
  },
  maxStreams: {
    type: count('--max-streams'),
    placeholder: '<number>',
    description: 'Most streams (POST /NAME/batch) that are open at once (default: 100)',
  },
  maxConnections: {
    type: count('--max-connections'),
    placeholder: '<number>',
    description: 'Most connections at once (default: no limit)',
  },
  requestTimeout: {
    type: duration('--request-timeout'),
    placeholder: '<ms>',
    description: 'How long a request may take to arrive (default: 60000)',
  },
  closeTimeout: {
    type: duration('--close-timeout'),
    placeholder: '<ms>',
    description: 'How long stopping may take before running batches are aborted (default: 25000)',
  },
  maxBatchSize: {
    type: count('--max-batch-size'),
    placeholder: '<items>',
    description: 'Most items in a batch',
  },
  maxQueueTime: {
    type: queueTime('--max-queue-time'),
    placeholder: '<ms|adaptive>',
    description: 'How long an item may wait for company while a batch could run',
  },
  concurrency: {
    type: count('--concurrency'),
    placeholder: '<batches>',
    description: 'Most batches that run at once',
  },
  timeout: {
    type: duration('--timeout'),
    placeholder: '<ms>',
    description: 'How long one run of a batch function may take',
  },
  maxQueueSize: {
    type: count('--max-queue-size'),
    placeholder: '<items>',
    description: 'Most items that wait (default: 10 · max-batch-size · concurrency)',
  },
} as const

/** Reads what stands after `jitney serve`. Throws a `UsageError` that names what it cannot take. */
export function readServeArguments(argv: readonly string[]): ServeArguments {
  const parsed = cli(
    {
      name: 'jitney serve',
      parameters: ['[file]'],
      flags: flagTypes,
      help: {
        description: serveDescription,
        usage: 'jitney serve MODULE|CONFIG [flags...]',
        examples: [
          'jitney serve ./model.ts',
          'jitney serve jitney.config.yaml',
          "jitney serve --exec 'python model.py' --processes 2",
          'jitney serve ./model.ts --port 9000 --max-batch-size 64 --max-queue-time 5',
          'jitney serve ./model.ts --host 0.0.0.0 --allowed-host models.internal',
        ],
      },
    },
    undefined,
    withNegatives(argv),
  )
  checkArguments('jitney serve', Object.keys(flagTypes), 1, parsed)
  const { file } = parsed._
  const { allowedHost, exec, processes, ...flags } = parsed.flags
  checkCombination(file, parsed.flags)
  const { host, port, listen, tokenFile, maxBodySize, maxQueuedBytes, maxStreams } = flags
  const { maxConnections, requestTimeout, closeTimeout, log, accessLog } = flags
  const { maxBatchSize, maxQueueTime, concurrency, timeout, maxQueueSize } = flags
  return {
    file,
    exec,
    processes,
    threads: flags.threads,
    service: given({
      host,
      port,
      listen,
      tokenFile,
      log,
      accessLog,
      allowedHosts: allowedHost.length > 0 ? allowedHost : undefined,
      maxBodySize,
      maxQueuedBytes,
      maxStreams,
      maxConnections,
      requestTimeout,
      closeTimeout,
    }),
    overrides: given({ maxBatchSize, maxQueueTime, concurrency, timeout, maxQueueSize }),
  }
}

function checkCombination(
  file: string | undefined,
  { exec, processes, threads: threadCount, listen, host, port }: Record<string, unknown>,
): void {
  const cannot = 'Cannot run jitney serve: '
  if (file === undefined && exec === undefined) {
    throw new UsageError(
      `${cannot}expected a module or a configuration, as in jitney serve ./model.ts, received nothing`,
    )
  }
  if (exec === undefined && processes !== undefined) {
    throw new UsageError(`${cannot}--processes goes with --exec only`)
  }
  if (listen !== undefined && (host ?? port) !== undefined) {
    const received = host === undefined ? '--port' : '--host'
    throw new UsageError(
      `${cannot}--listen stands instead of --host and --port, received ${received} as well`,
    )
  }
  if (exec !== undefined && (file !== undefined || threadCount !== undefined)) {
    const received = file ?? '--threads'
    throw new UsageError(`${cannot}--exec stands instead of a module, received ${received} as well`)
  }
  if (threadCount !== undefined && isConfigFile(file ?? '')) {
    throw new UsageError(
      `${cannot}--threads goes with a module, received ${file}; say threads in it, for each route`,
    )
  }
}

/** Those that were given. */
function given<Values extends object>(
  values: Values,
): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as never
}
