import fc from 'fast-check'

import type { RateSettings, RetrySettings, Settings } from '../settings.ts'

// Picked from lists, because fast-check favours the ends of a range.
export const anyMaxBatchSize: fc.Arbitrary<number> = fc.constantFrom(1, 2, 3, 4, 6, 10, Infinity)
export const anyConcurrency: fc.Arbitrary<Settings['concurrency']> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(1, 1, 2, 3, Infinity) },
  fc.constant('shared' as const),
)
const maxQueueSize = fc.constantFrom(1, 2, 4, 7, 12, Infinity, Infinity)
// The fractions keep deadlines of different kinds apart: what comes first at one moment is open.
const queueTimes = ['adaptive', 'adaptive', 0, 5.125, 20.125, Infinity] as const
export const anyMaxQueueTime: fc.Arbitrary<number | 'adaptive'> = fc.constantFrom(...queueTimes)
const timeout = fc.constantFrom(4.25, 15.25, Infinity, Infinity)

const anyRetry: fc.Arbitrary<RetrySettings> = fc.record({
  attempts: fc.constantFrom(1, 2, 2, 3, Infinity),
  minDelay: fc.constantFrom(3.0625, 8.0625),
  maxDelay: fc.constantFrom(3.0625, 10.0625),
  when: fc.constantFrom('by default', 'by default', 'also after timeouts', 'never', 'throws'),
})

const anyRate: fc.Arbitrary<RateSettings> = fc.record({
  limit: fc.constantFrom(6, 7, 12),
  interval: fc.constantFrom(7.015625, 25.0078125),
  of: fc.constantFrom('batches', 'items', 'weight'),
})

export const anySettings: fc.Arbitrary<Settings> = fc
  .record({
    maxBatchSize: anyMaxBatchSize,
    maxQueueTime: anyMaxQueueTime,
    concurrency: anyConcurrency,
    maxQueueSize,
    overflow: fc.constantFrom('reject', 'wait'),
    timeout,
    places: fc.constantFrom(1, 2, 3),
    weights: fc.constantFrom<number[]>([], [], [6], [10, 7]),
    keyed: fc.boolean(),
    deduped: fc.boolean(),
    retry: fc.option(anyRetry, { nil: undefined }),
    splitOnError: fc.constantFrom(true, true, false),
    rates: fc.oneof(
      fc.constant<RateSettings[]>([]),
      fc.array(anyRate, { minLength: 1, maxLength: 2 }),
    ),
  })
  .map((settings) => withRates(settings, (rate) => fitting(rate, settings)))

/** Those of which all is said. In the others some order is open, and chaos looks at what holds anyway. */
export const exactSettings: fc.Arbitrary<Settings> = anySettings.map((settings) => {
  const { concurrency, keyed, rates } = settings
  // In which job of a turn a permit comes, and who takes it.
  if (concurrency === 'shared') return { ...settings, keyed: false, rates: [] }
  if (rates.length === 0) return settings
  // Who leaves first of those that a rate limit lets go at one moment, or of which it lets the lighter go.
  return withRates({ ...settings, concurrency: 1 }, (rate) =>
    keyed && rate.of === 'weight' ? { ...rate, of: 'items' } : rate,
  )
})

function withRates(settings: Settings, change: (rate: RateSettings) => RateSettings): Settings {
  return { ...settings, rates: settings.rates.map(change) }
}

/** Weights are limited only where there are any; batches are so few that two are a limit. */
function fitting(rate: RateSettings, { weights }: Settings): RateSettings {
  if (rate.of === 'batches') return { ...rate, limit: rate.limit - 5 }
  return rate.of === 'weight' && weights.length === 0 ? { ...rate, of: 'items' } : rate
}
