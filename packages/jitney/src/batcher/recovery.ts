import { Alarm } from '../platform/alarm.ts'
import { failBatch, giveUp } from './callers.ts'
import { type Entry, isWaiting } from './entry.ts'
import { keepTogether } from './group.ts'
import { enqueue } from './holding.ts'
import type { Run } from './run.ts'
import type { State } from './state.ts'
import { arrivalOf } from './turns.ts'

// What becomes of items that were not done: another attempt, a smaller batch, or an error.
//
// Delays have full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015), so that
// batches that failed together do not come back together.

/** Whether items may be tried again after this failure. What `when` throws means no. */
export function mayRetry({ settings }: State, error: unknown): boolean {
  try {
    const worthwhile: unknown = settings.retry.when(error)
    // Not a promise, for one: nobody would wait for it.
    return worthwhile === true
  } catch {
    return false
  }
}

/** The batch function threw. */
export function recover(state: State, run: Run, error: unknown): void {
  const { retry, splitOnError } = state.settings
  const again = run.expired !== undefined || mayRetry(state, error)
  // Only now, because `when` may call anything.
  const spent = retryLater(state, run, run.entries.filter(isWaiting), again ? retry.attempts : 0, 0)
  if (splitOnError && run.size > 1 && isSplittable(error)) {
    const middle = Math.ceil(spent.length / 2)
    for (const half of [spent.slice(0, middle), spent.slice(middle)]) {
      if (half.length > 0) keepTogether(state, state.halves, half)
    }
  } else for (const entry of spent) failBatch(state, entry, run.size, error)
}

/** The batch function asked for another attempt of these, after so many milliseconds. */
export function tryAgain(state: State, run: Run, entries: readonly Entry[], after: number): void {
  const { rateLimit, retry } = state.settings
  if (after > 0 && after < Infinity) for (const rate of rateLimit) rate.penalize(after)
  const spent = retryLater(state, run, entries, retry.attempts, after)
  for (const entry of spent) giveUp(state, entry)
}

/** Ends all waits for another attempt. */
export function hurry(state: State): void {
  for (const group of state.backoffs) enqueue(state, group.leave())
}

/** Takes entries off a run, and keeps those tried less than `most` times for another attempt. Gives the others. */
function retryLater(
  state: State,
  run: Run,
  entries: readonly Entry[],
  most: number,
  after: number,
): Entry[] {
  const now = arrivalOf(state)
  const removed = new Set(entries)
  run.entries = run.entries.filter((entry) => !removed.has(entry))
  run.live -= removed.size
  state.moves += 1
  const again: Entry[] = []
  const spent: Entry[] = []
  let tried = 0
  for (const [index, entry] of entries.entries()) {
    const attempts = (entry.attempts ?? 0) + 1
    entry.attempts = attempts
    // After those of batches that left before.
    entry.order ??= run.number + index / entries.length
    const { time, turn } = entry.arrival
    // A `flush` since it left did not mean it: it was not queued.
    if (turn > run.flushedTurn) entry.arrival = { time, turn: now.turn }
    if (attempts >= most) spent.push(entry)
    else {
      again.push(entry)
      tried = Math.max(tried, attempts)
    }
  }
  if (again.length > 0) backOff(state, again, delayOf(state, tried, after))
  return spent
}

function backOff(state: State, entries: readonly Entry[], delay: number): void {
  const { clock } = state.settings
  const group = keepTogether(state, state.backoffs, entries)
  group.alarm = new Alarm(clock, state.within, () => {
    enqueue(state, group.leave())
    state.update()
  })
  group.alarm.set(clock.now() + delay)
}

function delayOf({ settings, phase }: State, tried: number, after: number): number {
  const { minDelay, maxDelay } = settings.retry
  // Bounded, since zero times infinity is not a number.
  const longest = Math.min(maxDelay, minDelay * 2 ** Math.min(tried - 1, 1000))
  return phase === 'open' ? Math.max(after, Math.random() * longest || 0) : 0
}

/** Not after an abort, a timeout or a rate limit: a smaller batch would meet the same. */
function isSplittable(error: unknown): boolean {
  try {
    const { name, status, statusCode } = Object(error) as Record<string, unknown>
    const isOurs = /^(Abort|(Batch)?Timeout)Error$/.test(String(name))
    return !isOurs && status !== 429 && statusCode !== 429
  } catch {
    return true
  }
}
