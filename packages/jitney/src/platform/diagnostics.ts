import { builtin } from './builtin.ts'

/** What the tracing channel `jitney:batch` publishes of a batch. Durations are milliseconds. */
export interface BatchMessage {
  /** The batcher itself: names need not be distinct. */
  readonly batcher: object
  /** The batcher's `name`. */
  readonly name: string | undefined
  /** Why the batch left. */
  readonly reason: string
  /** How many items it carries. */
  readonly size: number
  /** How long its oldest item had waited when the batch function was called. */
  readonly queueTime: number
  /** How long the batch function took; there once it ended. */
  duration?: number
}

interface TracingChannel {
  readonly hasSubscribers?: boolean
  tracePromise<Result>(call: () => PromiseLike<Result>, message: object): PromiseLike<Result>
}

interface Channel {
  publish(message: unknown): void
}

interface DiagnosticsChannels {
  tracingChannel?(name: string): TracingChannel
  channel(name: string): Channel
}

interface Utilities {
  debuglog(section: string): ((format: string, ...values: unknown[]) => void) & { enabled: boolean }
}

const channels = builtin<DiagnosticsChannels>('node:diagnostics_channel')
const tracing = channels?.tracingChannel?.('jitney:batch')
const log = builtin<Utilities>('node:util')?.debuglog('jitney')

/** Hears of batches that nobody waits for any more, but whose function still runs and holds its slot. */
export const abandonments: Channel | undefined = channels?.channel('jitney:batch:abandoned')

/** Calls a batch function, published on the tracing channel if anybody listens. */
export function traceBatch(
  message: BatchMessage,
  elapsed: () => number,
  call: () => unknown,
): unknown {
  if (tracing?.hasSubscribers !== true) return call()
  return tracing.tracePromise(async () => {
    try {
      return await call()
    } finally {
      message.duration = elapsed()
    }
  }, message)
}

/** Prints a line for a batch that ended, with `NODE_DEBUG=jitney`. */
export function logBatch(
  { name = '(unnamed)', reason, size, queueTime }: BatchMessage,
  duration: number,
): void {
  if (log?.enabled !== true) return
  const times = [queueTime, duration].map((time) => time.toFixed(1))
  log('%s: batch of %d (%s), oldest %s ms, took %s ms', name, size, reason, ...times)
}
