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

type Log = ((format: string, value: object) => void) & { readonly enabled: boolean }

interface Utilities {
  debuglog(section: string): Log
}

const channels = builtin<DiagnosticsChannels>('node:diagnostics_channel')

/** Hears of each call of a batch function. */
export const tracing: TracingChannel | undefined = channels?.tracingChannel?.('jitney:batch')

/** Hears of batches that nobody waits for any more, but whose function still runs and holds its slot. */
export const abandonments: Channel | undefined = channels?.channel('jitney:batch:abandoned')

/** Prints a line, with `NODE_DEBUG=jitney`. */
export const log: Log | undefined = builtin<Utilities>('node:util')?.debuglog('jitney')
