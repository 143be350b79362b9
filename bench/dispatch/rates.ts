import { ListedArrivals, type OpenArrivals, openArrivals } from './arrivals.ts'
import { CallRate } from './call-rate.ts'
import { windows } from './grid.ts'
import { fixedWindow, sparing } from './policies.ts'
import { Random } from './random.ts'
import { type Policy, simulate } from './simulate.ts'

/** Mean latencies in milliseconds under a limit on calls. */
export interface RateCell {
  readonly name: string
  /** Items that come per allowed call. */
  readonly load: number
  readonly bestWindow: number
  readonly best: number
  readonly atOnce: number
  readonly paced: number
}

const rates = [
  [10, 1000],
  [100, 1000],
  [60, 60_000],
] as const

const backend = { slots: 4, a: 20, b: 0.1, maxBatchSize: 1000 }

/** Also those that a limit of so many calls a minute asks for. */
const allWindows = [...windows, 100, 200, 500, 1000]

export function measureRates(seed: number, count: number): RateCell[] {
  return rates.flatMap(([limit, interval]) => {
    const kinds: OpenArrivals[] = [
      { kind: 'poisson' },
      { kind: 'bursts', size: 20 },
      { kind: 'on-off', span: 2 * interval },
    ]
    return kinds.flatMap((kind) =>
      [0.1, 0.3, 0.6, 0.9, 1.5, 5, 50].map((load) => {
        const times = openArrivals(
          kind,
          (load * limit) / interval,
          load > 5 ? count * 5 : count,
          new Random(seed),
        )
        const run = (policy: Policy, isPaced: boolean): number =>
          latency(policy, times, new CallRate(limit, interval), isPaced, seed)
        const fixed = allWindows.map((window) => run(fixedWindow(window), true))
        const best = Math.min(...fixed)
        return {
          name: `${limit} calls in ${interval} ms; ${kind.kind}, ${load} items a call`,
          load,
          bestWindow: allWindows[fixed.indexOf(best)] as number,
          best,
          atOnce: run(sparing(), false),
          paced: run(sparing(), true),
        }
      }),
    )
  })
}

function latency(
  policy: Policy,
  times: Float64Array,
  rate: CallRate,
  isPaced: boolean,
  seed: number,
): number {
  return simulate({
    backend,
    arrivals: new ListedArrivals(times),
    policy: isPaced ? policy : { ...policy, next: (view) => policy.next({ ...view, rates: [] }) },
    rate,
    random: new Random(seed + 1),
    warmUp: times.length / 10,
    count: times.length,
  }).meanLatency
}
