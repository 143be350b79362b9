import type { Departure } from 'jitney/policy'

import type { Arrivals } from './arrivals.ts'
import { type Backend, durationOf } from './backend.ts'
import type { CallRate } from './call-rate.ts'
import type { Random } from './random.ts'

/** What a policy is asked, and told. */
export interface Policy {
  /** When the next batch leaves, if nothing changes until then. */
  next(view: View): Departure
  departed?(now: number, size: number): void
  ended?(now: number, size: number, duration: number): void
}

/** What a batcher knows. */
export interface View {
  readonly now: number
  readonly queued: number
  readonly oldestArrival: number
  /** Batches that run, and items in them. */
  readonly active: number
  readonly inFlight: number
  readonly backend: Backend
  readonly rates?: readonly { readonly pace: number }[] | undefined
}

export interface Outcome {
  /** Items answered, and their mean latency in milliseconds, from the first that counts. */
  readonly items: number
  readonly meanLatency: number
  readonly batches: number
  /** Items answered per millisecond, from the first that counts to the last. */
  readonly throughput: number
}

interface Run {
  /** When it ends, or with a shared processor: what is left of its work. */
  left: number
  readonly begin: number
  readonly callers: readonly number[]
  readonly arrivals: readonly number[]
}

export interface Simulation {
  readonly backend: Backend
  readonly arrivals: Arrivals
  readonly policy: Policy
  /** Calls that are allowed, and how long each counts. */
  readonly rate?: CallRate | undefined
  /** Draws durations. */
  readonly random: Random
  /** Answered items that do not count yet, and all at whose answer it ends. */
  readonly warmUp: number
  readonly count: number
  /** Milliseconds after which it ends anyway. */
  readonly until?: number
}

/** Runs a policy on a virtual clock. What happens at one moment is one turn. */
export function simulate(simulation: Simulation): Outcome {
  const { backend, arrivals, policy, rate, random, warmUp, count, until = Infinity } = simulation
  const rates = rate && [rate]
  const runs: Run[] = []
  let waiting: number[] = []
  let callers: number[] = []
  let head = 0
  let now = 0
  let inFlight = 0
  let batches = 0
  let answered = 0
  let counted = 0
  let latency = 0
  let begin = 0

  const send = (size: number): void => {
    const run = {
      begin: now,
      left: durationOf(backend, size, now, random) + (backend.isShared ? 0 : now),
      callers: callers.slice(head, head + size),
      arrivals: waiting.slice(head, head + size),
    }
    head += size
    if (head > 4096 && head * 2 > waiting.length) {
      waiting = waiting.slice(head)
      callers = callers.slice(head)
      head = 0
    }
    runs.push(run)
    inFlight += size
    batches += 1
    rate?.take(now)
    policy.departed?.(now, size)
  }

  const finish = (run: Run): void => {
    runs.splice(runs.indexOf(run), 1)
    const size = run.arrivals.length
    inFlight -= size
    policy.ended?.(now, size, now - run.begin)
    for (const arrival of run.arrivals) {
      answered += 1
      if (answered <= warmUp) begin = now
      else {
        counted += 1
        latency += now - arrival
      }
    }
    arrivals.answered(run.callers, now)
  }

  const nextEnd = (): number => {
    let least = Infinity
    for (const { left } of runs) if (left < least) least = left
    return backend.isShared && runs.length > 0 ? now + least * runs.length : least
  }

  let alarm = Infinity
  for (;;) {
    if (answered >= count) break
    const next = Math.min(alarm, arrivals.next, nextEnd())
    if (next === Infinity || next > until) break
    if (backend.isShared) {
      const done = (next - now) / runs.length
      for (const run of runs) run.left -= done
    }
    now = next
    // So much more than rounding at the end of a long run that time cannot stand still.
    const limit = backend.isShared ? 1e-6 : now
    for (let index = runs.length - 1; index >= 0; index -= 1) {
      const run = runs[index] as Run
      if (run.left <= limit) finish(run)
    }
    while (arrivals.next <= now) {
      waiting.push(now)
      callers.push(arrivals.take())
    }
    alarm = Infinity
    while (head < waiting.length && runs.length < backend.slots) {
      const allowed = rate?.next(now) ?? now
      if (allowed > now) {
        alarm = allowed
        break
      }
      const queued = waiting.length - head
      const active = runs.length
      const oldestArrival = waiting[head] as number
      const { at } = policy.next({ now, queued, oldestArrival, active, inFlight, backend, rates })
      if (at > now) {
        alarm = at
        break
      }
      send(Math.min(queued, backend.maxBatchSize))
    }
  }
  const span = now - begin
  return { items: counted, meanLatency: latency / counted, batches, throughput: counted / span }
}
