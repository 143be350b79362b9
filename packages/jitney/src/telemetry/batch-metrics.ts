import type {
  BatchObservableCallback,
  Counter,
  Histogram,
  Meter,
  Observable,
} from '@opentelemetry/api'

import type { BatcherStats } from '../batcher/stats.ts'
import type { BatchMessage } from '../platform/diagnostics.ts'
import { attributesOf, errorTypeOf } from './batch-span.ts'

interface Observed {
  stats(): BatcherStats
}

// Those that the semantic conventions recommend for durations in seconds.
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const items = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]

/** What is measured of batches and batchers. Batchers are not kept alive for it. */
export class BatchMetrics {
  readonly #duration: Histogram
  readonly #queueDuration: Histogram
  readonly #size: Histogram
  readonly #abandonments: Counter
  readonly #queued: Observable
  readonly #active: Observable
  readonly #meter: Meter
  readonly #seen = new WeakSet<object>()
  readonly #batchers = new Set<WeakRef<Observed>>()

  constructor(meter: Meter) {
    this.#meter = meter
    this.#duration = meter.createHistogram('jitney.batch.duration', {
      unit: 's',
      description: 'How long the batch function took.',
      advice: { explicitBucketBoundaries: seconds },
    })
    this.#queueDuration = meter.createHistogram('jitney.batch.queue.duration', {
      unit: 's',
      description: 'How long the oldest item of a batch had waited.',
      advice: { explicitBucketBoundaries: seconds },
    })
    this.#size = meter.createHistogram('jitney.batch.size', {
      unit: '{item}',
      description: 'How many items a batch carried.',
      advice: { explicitBucketBoundaries: items },
    })
    this.#abandonments = meter.createCounter('jitney.batch.abandonments', {
      unit: '{batch}',
      description: 'Batches that nobody waited for any more while their function ran.',
    })
    this.#queued = meter.createObservableUpDownCounter('jitney.batcher.queued', {
      unit: '{item}',
      description: 'Items that wait in the queue or for another attempt.',
    })
    this.#active = meter.createObservableUpDownCounter('jitney.batcher.active', {
      unit: '{batch}',
      description: 'Batches that run.',
    })
    meter.addBatchObservableCallback(this.#observe, [this.#queued, this.#active])
  }

  begin(message: BatchMessage): void {
    const batcher = message.batcher as Observed
    if (!this.#seen.has(batcher)) {
      this.#seen.add(batcher)
      this.#batchers.add(new WeakRef(batcher))
    }
    this.#queueDuration.record(message.queueTime / 1000, attributesOf(message))
    this.#size.record(message.size, attributesOf(message))
  }

  end(message: BatchMessage): void {
    const failure = 'error' in message ? { 'error.type': errorTypeOf(message.error) } : {}
    const attributes = { ...attributesOf(message), ...failure }
    this.#duration.record((message.duration ?? 0) / 1000, attributes)
  }

  abandon(message: BatchMessage): void {
    this.#abandonments.add(1, attributesOf(message))
  }

  stop(): void {
    this.#meter.removeBatchObservableCallback(this.#observe, [this.#queued, this.#active])
    this.#batchers.clear()
  }

  /** Batchers of one name are one to whoever looks at the metrics: their sum. */
  readonly #observe: BatchObservableCallback = (result) => {
    const sums = new Map<string | undefined, { queued: number; active: number }>()
    for (const reference of this.#batchers) {
      const stats = reference.deref()?.stats()
      if (stats === undefined) this.#batchers.delete(reference)
      else {
        const { queued, active } = sums.get(stats.name) ?? { queued: 0, active: 0 }
        sums.set(stats.name, { queued: queued + stats.queued, active: active + stats.active })
      }
    }
    for (const [name, { queued, active }] of sums) {
      const attributes = name === undefined ? {} : { 'jitney.batcher.name': name }
      result.observe(this.#queued, queued, attributes)
      result.observe(this.#active, active, attributes)
    }
  }
}
