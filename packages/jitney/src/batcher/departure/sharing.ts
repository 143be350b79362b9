import type { RateLimiter } from '../../concurrency/rate-limiter.ts'
import type { Permit, Semaphore } from '../../concurrency/semaphore.ts'
import type { Entry } from '../entry.ts'
import type { State } from '../state.ts'

/**
 * What a batcher needs of a `RateLimiter`: one of another copy of the package will do. Batchers
 * wait in its line with everybody else, and send one batch in each turn of theirs.
 */
export type Rate = Pick<
  RateLimiter,
  'of' | 'limit' | 'allowance' | 'tryTake' | 'onAllowance' | 'penalize'
>

/**
 * What a batcher needs of a `Semaphore`: one of another copy of the package will do. Batchers wait
 * in its line with everybody else, once each, and only while they have something to send.
 */
export type SharedSlots = Pick<Semaphore, 'capacity' | 'tryAcquire' | 'onAllowance'>

/** A place in the line of something that others share. */
export interface Wait {
  readonly gate: Rate | SharedSlots
  /** How much it waits for. */
  readonly need: number
  readonly leave: () => void
}

/** Most batches that may run: of slots that others share, there may always be one more. */
export function slotsOf({ settings: { concurrency } }: State): number {
  return typeof concurrency === 'number' ? concurrency : Infinity
}

/** A slot for a batch that begins with these, if there is one and the rates allow it; else waits in line. */
export function permitFor(
  state: State,
  entries: readonly Entry[],
): Partial<Permit> | false | undefined {
  const { concurrency, rateLimit } = state.settings
  const { wait } = state
  const isOurTurn = state.passes > 0
  // Our own place in a line would be in our way. Left before all else, as others may be served then.
  if (wait && wait.need > amountOf(entries, wait.gate)) leaveLine(state)
  for (const rate of rateLimit) {
    const need = amountOf(entries, rate)
    // Nothing passes while others wait, not even what weighs nothing.
    if (!isOurTurn || !rate.tryTake(0) || rate.allowance < need) return waitFor(state, rate, need)
  }
  if (typeof concurrency === 'number') return state.runs.size < concurrency && {}
  return (isOurTurn && concurrency.tryAcquire()) || waitFor(state, concurrency, 1)
}

/** Leaves the line: nothing waits any more. */
export function leaveLine(state: State): void {
  state.wait?.leave()
  state.wait = undefined
}

/** Keeps one place in one line. */
function waitFor(state: State, gate: Wait['gate'], need: number): undefined {
  if (state.wait?.gate === gate) return
  leaveLine(state)
  state.wait = {
    gate,
    need,
    leave: gate.onAllowance(need, () => {
      state.wait = undefined
      // The next one waits behind the others.
      state.passes = 1
      state.proceed(true)
      state.passes = Infinity
    }),
  }
}

/** What a batch uses of a rate, or of slots. */
export function amountOf(entries: readonly Entry[], { of }: Partial<Rate>): number {
  if (of === 'items') return entries.length
  if (of !== 'weight') return 1
  return entries.reduce((sum, { weights }) => sum + ((weights as number[])[0] as number), 0)
}
