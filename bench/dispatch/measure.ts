import { Pacer } from 'jitney/policy'

import { ListedArrivals, type OpenArrivals, openArrivals } from './arrivals.ts'
import { type Backend, capacityOf } from './backend.ts'
import { ClosedLoop, type Loop } from './closed-loop.ts'
import { windows } from './grid.ts'
import { adaptive, atOnce, fixedWindow } from './policies.ts'
import { Random } from './random.ts'
import { type Policy, simulate } from './simulate.ts'

/** One cell of the grid: its name, and milliseconds or items per millisecond by policy. */
export interface Cell {
  readonly name: string
  readonly seed: number
  /** The best fixed window in hindsight, in milliseconds. */
  readonly bestWindow: number
  readonly best: number
  /** Of all fixed windows. */
  readonly fixed: readonly number[]
  readonly atOnce: number
  readonly given: number
  readonly learned: number
}

/** How long the runs are, in full batches, and how many items they have at least and at most. */
export interface Effort {
  readonly batches: number
  readonly least: number
  readonly most: number
}

export function nameOf({ slots, a, b, maxBatchSize }: Backend): string {
  return `${slots} slots, ${a} + ${b} n, at most ${maxBatchSize}`
}

/** Mean latencies with the same arrivals and the same draws for all policies. */
export function measureOpen(
  backend: Backend,
  kind: OpenArrivals,
  load: number,
  seed: number,
  effort: Effort,
): Cell {
  const rate = load * capacityOf(backend)
  const count = countOf(backend, rate, effort)
  const times = openArrivals(kind, rate, count, new Random(seed))
  const size = 'size' in kind ? ` of ${kind.size}` : ''
  return compare(
    `${nameOf(backend)}; ${kind.kind}${size}, ${Math.round(load * 100)} %`,
    seed,
    backend,
    (policy) =>
      simulate({
        backend,
        arrivals: new ListedArrivals(times),
        policy,
        random: new Random(seed + 0.5 * 2 ** 31),
        warmUp: count / 10,
        count,
      }).meanLatency,
    Math.min,
  )
}

/** Items per millisecond of callers who ask again when they were answered. */
export function measureClosed(backend: Backend, loop: Loop, seed: number, effort: Effort): Cell {
  const { callers, think, thinking, fanOut } = loop
  const rate = Math.min(
    capacityOf(backend),
    (callers * fanOut) / (backend.a + backend.b * fanOut + think),
  )
  const count = countOf(backend, rate, effort)
  const pause = think > 0 ? `${thinking} pauses of ${think} ms` : 'no pauses'
  return compare(
    `${nameOf(backend)}; ${callers} callers of ${fanOut}, ${pause}`,
    seed,
    backend,
    (policy) =>
      simulate({
        backend,
        arrivals: new ClosedLoop(loop, new Random(seed)),
        policy,
        random: new Random(seed + 0.5 * 2 ** 31),
        warmUp: count / 10,
        count,
      }).throughput,
    Math.max,
  )
}

/** The mean latency of one caller who asks again at once, over what a call takes. */
export function measureLoneCaller(backend: Backend): number {
  const loop: Loop = { callers: 1, think: 0, thinking: 'fixed', fanOut: 1 }
  const { meanLatency } = simulate({
    backend,
    arrivals: new ClosedLoop(loop, new Random(1)),
    policy: adaptive(),
    random: new Random(1),
    warmUp: 0,
    count: 500,
  })
  return meanLatency / (backend.a + backend.b)
}

/** What is served of the capacity when 1.2 times as much comes. */
export function measureOverload(backend: Backend, seed: number, effort: Effort): number {
  const capacity = capacityOf(backend)
  const count = countOf(backend, 1.2 * capacity, { ...effort, most: effort.most * 4 })
  const { throughput } = simulate({
    backend,
    arrivals: new ListedArrivals(
      openArrivals({ kind: 'poisson' }, 1.2 * capacity, count, new Random(seed)),
    ),
    policy: adaptive(),
    random: new Random(seed),
    warmUp: count / 10,
    // Not to the last item: in the end batches run that are not full.
    count: count * 0.9,
  })
  return throughput / capacity
}

/**
 * How far off the model's durations are, at most, from the 51st to the 100th batch after both costs
 * have changed by a factor.
 */
export function measureStep(backend: Backend, factor: number, load: number, seed: number): number {
  const batches = 1600
  const rate = load * Math.min(1, 1 / factor) * capacityOf(backend)
  // As many as come while a slot is busy, at this load.
  const size = Math.max(1, (rate * backend.a) / backend.slots / (1 - load))
  const count = Math.ceil(batches * size)
  const step = { at: count / rate / 2, factor }
  const pacer = new Pacer()
  const policy = adaptive(undefined, pacer)
  let since = 0
  let worst = 0
  const watched: Policy = {
    ...policy,
    ended: (now, items, duration) => {
      policy.ended?.(now, items, duration)
      if (now - duration < step.at) return
      since += 1
      const { a, b } = pacer
      const truth = (backend.a + backend.b * items) * factor
      if (since > 50 && since <= 100 && a > 0)
        worst = Math.max(worst, Math.abs((a + b * items) / truth - 1))
    },
  }
  simulate({
    backend: { ...backend, step },
    arrivals: new ListedArrivals(openArrivals({ kind: 'poisson' }, rate, count, new Random(seed))),
    policy: watched,
    random: new Random(seed),
    warmUp: 0,
    count,
  })
  if (since < 100) throw new Error(`Cannot measure step: only ${since} batches came after it`)
  return worst
}

function countOf({ slots, a, b, maxBatchSize }: Backend, rate: number, effort: Effort): number {
  const full = (a + b * maxBatchSize) / slots
  return Math.ceil(Math.min(effort.most, Math.max(effort.least, effort.batches * full * rate)))
}

function compare(
  name: string,
  seed: number,
  backend: Backend,
  run: (policy: Policy) => number,
  better: (...figures: number[]) => number,
): Cell {
  const fixed = windows.map((window) => run(fixedWindow(window)))
  const best = better(...fixed)
  return {
    name,
    seed,
    bestWindow: windows[fixed.indexOf(best)] as number,
    best,
    fixed,
    atOnce: run(atOnce()),
    given: run(adaptive(backend)),
    learned: run(adaptive()),
  }
}
