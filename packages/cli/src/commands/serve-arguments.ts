import { cli } from 'cleye'
import type { BatcherOptions } from 'jitney'
import { checkArguments } from '../arguments/check-arguments.ts'
import { bytes, count, duration, integer, queueTime, text, word } from '../arguments/flag-types.ts'
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
  /** The module or the configuration. */
  readonly file: string
  /** What was said of the service; it holds whatever the configuration says. */
  readonly service: ServiceFlags
  /** Options of the batcher that hold for every route, whatever the module says. */
  readonly overrides: BatcherOptions
}

const flagTypes = {
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
          'jitney serve ./model.ts --port 9000 --max-batch-size 64 --max-queue-time 5',
          'jitney serve ./model.ts --host 0.0.0.0 --allowed-host models.internal',
        ],
      },
    },
    undefined,
    [...argv],
  )
  checkArguments('jitney serve', Object.keys(flagTypes), 1, parsed)
  const { file } = parsed._
  if (file === undefined) {
    throw new UsageError(
      'Cannot run jitney serve: expected a module or a configuration, as in jitney serve ./model.ts, received nothing',
    )
  }
  const { allowedHost, ...flags } = parsed.flags
  const { host, port, listen, tokenFile, maxBodySize, maxQueuedBytes, maxStreams } = flags
  const { maxConnections, requestTimeout, closeTimeout, log, accessLog } = flags
  const { maxBatchSize, maxQueueTime, concurrency, timeout, maxQueueSize } = flags
  return {
    file,
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

/** Those that were given. */
function given<Values extends object>(
  values: Values,
): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as never
}
