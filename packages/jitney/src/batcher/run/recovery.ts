import { failBatch, giveUp } from '../callers/callers.ts'
import { type Entry, isWaiting } from '../entry.ts'
import { keepTogether } from './group.ts'
import { enqueue } from '../queue/holding.ts'
import type { Run } from './run.ts'
import { alarmIn, type State } from '../state.ts'
import { arrivalOf } from '../departure/turns.ts'

// What becomes of items that were not done: another attempt, a smaller batch, or an error.
//
// Delays have full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015), so that
// batches that failed together do not come back together.

/** Whether items may be tried again after this failure. */
export function mayRetry({ settings }: State, error: unknown): boolean {
  // Not a promise, for one: nobody would wait for it.
  return holds(() => (settings.retry.when(error) as unknown) === true)
}

/** The batch function threw. */
export function recover(state: State, run: Run, error: unknown): void {
  if (run.abandoned === true) return
  const { retry, splitOnError } = state.settings
  const most = run.expired === true || mayRetry(state, error) ? retry.attempts : 0
  const spent = retryLater(state, run, run.entries, most, 0)
  if (splitOnError && run.size > 1 && !isHopeless(error)) {
    const middle = Math.ceil(spent.length / 2)
    for (const half of [spent.slice(0, middle), spent.slice(middle)]) {
      if (half.length > 0) keepTogether(state, state.halves, half)
    }
  } else failBatch(state, run, spent, error)
}

/** The batch function asked for another attempt of these, after so many milliseconds. */
export function tryAgain(state: State, run: Run, entries: readonly Entry[], after: number): void {
  const { rateLimit, retry } = state.settings
  if (after > 0 && after < Infinity) for (const rate of rateLimit) rate.penalize(after)
  giveUp(state, retryLater(state, run, entries, retry.attempts, after))
}

/** Ends all waits for another attempt. */
export function hurry(state: State): void {
  for (const group of state.backoffs) enqueue(state, group.leave())
}

/** Keeps those tried less than `most` times for another attempt. Gives the others. */
function retryLater(
  state: State,
  run: Run,
  entries: readonly Entry[],
  most: number,
  after: number,
): Entry[] {
  const { turn } = arrivalOf(state)
  const waiting = entries.filter(isWaiting)
  const again: Entry[] = []
  const spent: Entry[] = []
  state.moves += 1
  for (const entry of waiting) {
    const attempts = (entry.attempts ?? 0) + 1
    entry.attempts = attempts
    // A `flush` since it left did not mean it: it was not queued.
    if (entry.arrival.turn > run.flushedTurn) entry.arrival = { ...entry.arrival, turn }
    const kept = attempts < most ? again : spent
    kept.push(entry)
  }
  if (again.length > 0) backOff(state, again, after)
  return spent
}

function backOff(state: State, entries: readonly Entry[], after: number): void {
  const group = keepTogether(state, state.backoffs, entries)
  group.alarm = alarmIn(state, delayOf(state, entries, after), () => {
    enqueue(state, group.leave())
    state.update()
  })
}

function delayOf({ settings, phase }: State, entries: readonly Entry[], after: number): number {
  if (phase !== 'open') return 0
  const { minDelay, maxDelay } = settings.retry
  // Those who come back go first: it is they who were tried most.
  const tried = entries[0]?.attempts ?? 1
  // Zero times infinity is not a number.
  return Math.max(after, Math.random() * Math.min(maxDelay, minDelay * 2 ** (tried - 1)) || 0)
}

/** After an abort, a timeout or a rate limit a smaller batch would meet the same. */
function isHopeless(error: unknown): boolean {
  return holds(() => {
    const { name, status, statusCode } = Object(error) as Record<string, unknown>
    return /(Abort|Timeout)Error$/.test(String(name)) || status === 429 || statusCode === 429
  })
}

/** What throws does not hold. */
function holds(condition: () => boolean): boolean {
  try {
    return condition()
  } catch {
    return false
  }
}
