import { channel, tracingChannel } from 'node:diagnostics_channel'
import { type MeterProvider, metrics, trace, type TracerProvider } from '@opentelemetry/api'

import type { BatchMessage } from '../platform/diagnostics.ts'
import { fields, guard, has, optional } from '../platform/guards.ts'
import { BatchMetrics } from './batch-metrics.ts'
import { endSpan, failSpan, startSpan } from './batch-span.ts'
import { currentBatch } from './current-batch.ts'

/** Options of `instrumentBatchers`. */
export interface InstrumentationOptions {
  /**
   * What spans are made by.
   * @default the global one
   */
  readonly tracerProvider?: TracerProvider | undefined
  /**
   * What metrics are made by.
   * @default the global one
   */
  readonly meterProvider?: MeterProvider | undefined
}

const readOptions = /* @__PURE__ */ fields<{
  tracerProvider: TracerProvider | undefined
  meterProvider: MeterProvider | undefined
}>({
  tracerProvider: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<TracerProvider>('a TracerProvider', (value) => has(value, 'getTracer')),
  ),
  meterProvider: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<MeterProvider>('a MeterProvider', (value) => has(value, 'getMeter')),
  ),
})

const scope = 'jitney'

/**
 * Tells OpenTelemetry of each batch of every `Batcher` in the process, those inside other integrations
 * included. Call it once, where the SDK is set up.
 *
 * - **Spans.** One for each call of a batch function, `batch NAME`, the root of a trace of its own:
 *   with the batcher's name, the reason it left for, its size and how long its oldest item had
 *   waited; with the error if the function failed. `tracedBatcher` adds links to the callers' spans.
 * - **Metrics.** Histograms `jitney.batch.duration`, `jitney.batch.queue.duration` (seconds, with
 *   `error.type`) and `jitney.batch.size`; the counter `jitney.batch.abandonments`; how many items
 *   are `jitney.batcher.queued` and batches `jitney.batcher.active`, of batchers that sent one.
 *   There are no semantic conventions for batches; names, units and `error.type` follow the general
 *   ones.
 *
 * @returns what ends it; spans of batches that run are ended by then.
 * @throws TypeError for wrong options.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 * import { instrumentBatchers } from 'jitney/opentelemetry'
 *
 * const stop = instrumentBatchers()
 * const squares = new Batcher((numbers: number[]) => numbers.map((n) => n * n), { name: 'squares' })
 * await squares.process(3) // => 9
 * stop()
 * ```
 */
export function instrumentBatchers(options?: InstrumentationOptions): () => void {
  const given = readOptions('instrument batchers', 'options', options)
  const tracer = (given.tracerProvider ?? trace).getTracer(scope)
  const measured = new BatchMetrics((given.meterProvider ?? metrics).getMeter(scope))
  const { start, error, asyncEnd } = tracingChannel<unknown, BatchMessage>('jitney:batch')
  const abandonments = channel('jitney:batch:abandoned')
  const spans = new Map<BatchMessage, ReturnType<typeof startSpan>>()

  const begin = (message: BatchMessage): ReturnType<typeof startSpan> => {
    const span = startSpan(tracer, message)
    spans.set(message, span)
    measured.begin(message)
    return span
  }
  const fail = (message: unknown): void => {
    const span = spans.get(message as BatchMessage)
    if (span !== undefined) failSpan(span, (message as { error: unknown }).error)
  }
  const end = (message: unknown): void => {
    const span = spans.get(message as BatchMessage)
    // Begun before anybody listened.
    if (span === undefined) return
    spans.delete(message as BatchMessage)
    endSpan(span)
    measured.end(message as BatchMessage)
  }
  const abandon = (message: unknown): void => {
    measured.abandon(message as BatchMessage)
  }

  // The batch function runs inside this store, where `tracedBatcher` finds the span.
  start.bindStore(currentBatch, begin)
  error.subscribe(fail)
  asyncEnd.subscribe(end)
  abandonments.subscribe(abandon)
  return () => {
    start.unbindStore(currentBatch)
    error.unsubscribe(fail)
    asyncEnd.unsubscribe(end)
    abandonments.unsubscribe(abandon)
    measured.stop()
    for (const span of spans.values()) endSpan(span)
    spans.clear()
  }
}
