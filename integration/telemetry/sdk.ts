import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'

/** The SDK, exporting into memory. */
export interface Sdk extends AsyncDisposable {
  readonly tracerProvider: BasicTracerProvider
  readonly meterProvider: MeterProvider
  /** Calls a function inside a span of its own, and gives that span's id beside the result. */
  within<Result>(name: string, run: () => Result): { result: Result; spanId: string }
  spans(): readonly ReadableSpan[]
  /** The last points of a metric. */
  points(name: string): Promise<readonly DataPoint<unknown>[]>
  unitOf(name: string): string | undefined
}

export function startSdk(): Sdk {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 2 ** 30,
  })
  const meterProvider = new MeterProvider({ readers: [reader] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const tracer = tracerProvider.getTracer('test')
  const metricsNow = () =>
    metricExporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap(({ metrics }) => metrics)
  return {
    tracerProvider,
    meterProvider,
    within(name, run) {
      const span = tracer.startSpan(name)
      const result = context.with(trace.setSpan(context.active(), span), run)
      span.end()
      return { result, spanId: span.spanContext().spanId }
    },
    spans: () => exporter.getFinishedSpans(),
    async points(name) {
      await reader.forceFlush()
      const found = metricsNow()?.find(({ descriptor }) => descriptor.name === name)
      return found?.dataPoints ?? []
    },
    unitOf: (name) =>
      metricsNow()?.find(({ descriptor }) => descriptor.name === name)?.descriptor.unit,
    async [Symbol.asyncDispose]() {
      context.disable()
      await tracerProvider.shutdown()
      await meterProvider.shutdown()
    },
  }
}
