import type { RateLimiter } from '../concurrency/rate-limiter.ts'
import type { Permit, Semaphore } from '../concurrency/semaphore.ts'
import type { Entry } from './entry.ts'
import type { State } from './state.ts'

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
export type SharedSlots = Pick<Semaphore, 'capacity' | 'acquire' | 'tryAcquire'>

/** A place in the line of something that others share. */
export interface Wait {
  readonly gate: Rate | SharedSlots
  /** How much it waits for. */
  readonly need: number
  readonly leave: () => void
}

const free: Permit = { release() {}, [Symbol.dispose]() {} }

/** Whether it is worth a look: for a shared slot, who waits is told. */
export function mayHaveSlot({ settings: { concurrency }, runs, wait }: State): boolean {
  return typeof concurrency === 'number' ? runs.size < concurrency : wait?.gate !== concurrency
}

/** A slot for a batch that begins with these, if there is one and the rates allow it; else waits in line. */
export function permitFor(state: State, entries: readonly Entry[]): Permit | undefined {
  const { concurrency, rateLimit } = state.settings
  for (const rate of rateLimit) {
    const need = amountOf(entries, rate)
    // Nothing passes while others wait, not even what weighs nothing.
    if (!state.spent && rate.tryTake(0) && rate.allowance >= need) continue
    waitFor(state, rate, need, (serve) => rate.onAllowance(need, serve))
    return undefined
  }
  if (typeof concurrency === 'number') return state.runs.size < concurrency ? free : undefined
  const permit = state.granted ?? concurrency.tryAcquire()
  state.granted = undefined
  if (permit === undefined) waitFor(state, concurrency, 1, (serve) => enter(state, concurrency, serve))
  return permit
}

/** How many items a batch may hold now. */
export function allowanceOf({ settings }: State, of: Rate['of']): number {
  const rates = settings.rateLimit.filter((rate) => rate.of === of)
  return Math.min(...rates.map(({ allowance }) => allowance))
}

/** Takes what a batch uses off the rates. */
export function takeAllowance(state: State, entries: readonly Entry[]): void {
  for (const rate of state.settings.rateLimit) rate.tryTake(amountOf(entries, rate))
  state.spent = state.serving
}

/** Leaves the line: nothing waits any more. */
export function leaveLine(state: State): void {
  state.wait?.leave()
  state.wait = undefined
}

/** Keeps one place in one line, for as little as is needed. */
function waitFor(
  state: State,
  gate: Wait['gate'],
  need: number,
  enter: (serve: () => void) => () => void,
): void {
  if (state.wait?.gate === gate && state.wait.need <= need) return
  leaveLine(state)
  const leave = enter(() => {
    state.wait = undefined
    state.serving = true
    state.dispatch(true)
    state.serving = false
    state.spent = false
  })
  state.wait = { gate, need, leave }
}

function enter(state: State, slots: SharedSlots, serve: () => void): () => void {
  const stop = new AbortController()
  slots.acquire({ signal: stop.signal }).then(
    (permit) => {
      // Left after it was served, but before it heard.
      if (stop.signal.aborted) return permit.release()
      state.granted = permit
      serve()
      // Nobody took it.
      state.granted?.release()
      state.granted = undefined
    },
    () => {},
  )
  return () => {
    stop.abort()
  }
}

function amountOf(entries: readonly Entry[], { of }: Rate): number {
  if (of === 'weight') return entries.reduce((sum, { weights }) => sum + (weights?.[0] ?? 0), 0)
  return of === 'items' ? entries.length : 1
}
