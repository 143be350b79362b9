import { builtin } from './builtin.ts'
import type { Clock } from './clock.ts'

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
  readonly hasSubscribers: boolean
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
const abandoned = channels?.channel('jitney:batch:abandoned')
const log = builtin<Utilities>('node:util')?.debuglog('jitney')

/** Whether anybody hears what is told of batches. */
export function isObserved(): boolean {
  return tracing?.hasSubscribers === true || log?.enabled === true
}

/** Calls a batch function, published on the tracing channel if anybody listens. */
export function traceBatch<Result>(
  message: BatchMessage,
  clock: Clock,
  call: () => Result | PromiseLike<Result>,
): Result | PromiseLike<Result> {
  if (tracing?.hasSubscribers !== true) return call()
  const started = clock.now()
  return tracing.tracePromise(async () => {
    try {
      return await call()
    } finally {
      message.duration = clock.now() - started
    }
  }, message)
}

/** Publishes that nobody waits any more for a batch function that still runs and holds its slot. */
export function publishAbandoned(message: BatchMessage): void {
  if (abandoned?.hasSubscribers === true) abandoned.publish(message)
  if (log?.enabled === true) log('%s: abandoned, its function still runs', describeBatch(message))
}

/** Prints a line for a batch that ended, with `NODE_DEBUG=jitney`. */
export function logBatch(message: BatchMessage, duration: number, failed: boolean): void {
  if (log?.enabled !== true) return
  const end = failed ? ', failed' : ''
  log('%s, took %s ms%s', describeBatch(message), duration.toFixed(1), end)
}

function describeBatch({ name = '(unnamed)', reason, size, queueTime }: BatchMessage): string {
  return `${name}: ${reason}, ${size} ${size === 1 ? 'item' : 'items'}, oldest ${queueTime.toFixed(1)} ms`
}
