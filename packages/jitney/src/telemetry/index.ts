/** Spans and metrics of batches, for OpenTelemetry. */
export { instrumentBatchers, type InstrumentationOptions } from './instrument-batchers.ts'
export { tracedBatcher } from './traced-batcher.ts'
