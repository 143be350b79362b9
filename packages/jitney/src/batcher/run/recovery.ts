import { failBatch, giveUp } from '../callers/callers.ts'
import { type Entry, isWaiting } from '../entry.ts'
import { keepTogether } from './group.ts'
import { enqueue } from '../queue/holding.ts'
import type { Run } from './run.ts'
import type { State } from '../state.ts'

// What becomes of items that were not done: another attempt, a smaller batch, or an error.
//
// Delays have full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015), so that
// batches that failed together do not come back together.

/** How often an item may be tried in all after this failure. */
export function attemptsAfter({ settings }: State, error: unknown): number {
  // Not a promise, for one: nobody would wait for it.
  return holds(() => settings.retry.when(error)) ? settings.retry.attempts : 0
}

/** The batch function threw. */
export function recover(state: State, run: Run, error: unknown): void {
  const most = run.attempts ?? attemptsAfter(state, error)
  const spent = retryLater(state, run.entries, most, 0)
  if (state.settings.splitOnError && run.size > 1 && !isHopeless(error)) {
    keepTogether(state, state.halves, spent.splice(0, Math.ceil(spent.length / 2)))
    keepTogether(state, state.halves, spent)
  } else failBatch(state, run, spent, error)
}

/** The batch function asked for another attempt of these, after so many milliseconds. */
export function tryAgain(state: State, entries: readonly Entry[], after: number): void {
  const { rateLimit, retry } = state.settings
  if (after > 0 && after < Infinity) for (const rate of rateLimit) rate.penalize(after)
  giveUp(state, retryLater(state, entries, retry.attempts, after))
}

/** Ends all waits for another attempt. */
export function hurry(state: State): void {
  for (const group of state.backoffs) enqueue(state, group.leave())
}

/** Keeps those tried less than `most` times for another attempt. Gives the others. */
function retryLater(state: State, entries: readonly Entry[], most: number, after: number): Entry[] {
  const { minDelay, maxDelay } = state.settings.retry
  const waiting = entries.filter(isWaiting)
  state.flush = undefined
  for (const entry of waiting) entry.attempts = (entry.attempts ?? 0) + 1
  const again = waiting.filter(({ attempts = 0 }) => attempts < most)
  // Those who come back go first: it is they who were tried most. Zero times infinity is no number.
  const longest = Math.min(maxDelay, minDelay * 2 ** ((again[0]?.attempts ?? 0) - 1))
  const delay = Math.max(after, Math.random() * longest || 0)
  keepTogether(state, state.backoffs, again, state.phase === 'open' ? delay : 0)
  return waiting.filter(({ attempts = 0 }) => attempts >= most)
}

/** After an abort, a timeout or a rate limit a smaller batch would meet the same. */
function isHopeless(error: unknown): boolean {
  return holds(() => {
    const { name, status, statusCode } = Object(error) as Record<string, unknown>
    return /(Abort|Timeout)Error$/.test(name as string) || [status, statusCode].includes(429)
  })
}

/** What throws, or says anything but `true`, does not hold. */
function holds(condition: () => unknown): boolean {
  try {
    return condition() === true
  } catch {
    return false
  }
}
