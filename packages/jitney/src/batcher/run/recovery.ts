import { failBatch } from '../callers/callers.ts'
import { type Entry, isWaiting } from '../entry.ts'
import { createGroup, type Group } from './group.ts'
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
  const most = (run.mostTries ??= attemptsAfter(state, error))
  const spent = run.riders.filter((entry) => isSpent(state, run, entry, most, 0))
  if (state.settings.splitOnError && run.amount > 1 && !isHopeless(error)) {
    for (const half of [spent.splice(0, Math.ceil(spent.length / 2)), spent]) {
      const group = createGroup(state, state.halves, Infinity)
      for (const entry of half) group.enter(entry)
    }
  } else failBatch(state, run, spent, error)
}

/** Ends all waits for another attempt. */
export function hurry(state: State): void {
  for (const group of state.backoffs) enqueue(state, group.leave())
}

/**
 * Whether one who waits was tried `most` times. Keeps the others for another attempt.
 *
 * @param after milliseconds until then, at least.
 */
export function isSpent(
  state: State,
  run: Run,
  entry: Entry,
  most: number,
  after: number,
): boolean {
  if (!isWaiting(entry)) return false
  state.lastFlush = undefined
  const attempts = (entry.tries = (entry.tries ?? 0) + 1)
  if (attempts >= most) return true
  run.again ??= new Map<number, Group>()
  let group = run.again.get(after)
  // It may have left, as a getter of another outcome called `close`.
  if (!state.backoffs.has(group as Group)) {
    const { minDelay, maxDelay } = state.settings.retry
    // Those who come back go first: it is they who were tried most. Zero times infinity is no number.
    const longest = Math.min(maxDelay, minDelay * 2 ** (attempts - 1))
    const delay = Math.max(after, Math.random() * longest || 0)
    group = createGroup(state, state.backoffs, state.phase === 'open' ? delay : 0)
    run.again.set(after, group)
  }
  group!.enter(entry)
  return false
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
