import { refusal } from '../../platform/errors.ts'
import { has } from '../../platform/guards.ts'
import { failBatch, failItem, giveUp } from '../callers/callers.ts'
import { gone, settle } from '../entry.ts'
import { kindOf, type Outcome } from '../outcome.ts'
import { isSpent, recover } from './recovery.ts'
import type { Run } from './run.ts'
import { abandon, allLeft, end } from './runs.ts'
import type { State } from '../state.ts'

// Hands what a batch function gave to the callers of one run who still wait.
//
// Outcomes that are promises are waited for, also those that nobody takes: they belong to the run,
// and must not be reported as unhandled.

/**
 * Waits for the batch function of a run, or for the outcome of one of its items.
 *
 * One job for all: whoever hears of the last caller must know that nothing is open.
 *
 * @param index of the item.
 */
export async function wait(
  state: State,
  run: Run,
  call: () => unknown,
  index?: number,
): Promise<void> {
  run.pending += 1
  try {
    const value = await call()
    if (index === undefined) deliver(state, run, value)
    else take(state, run, index, value)
  } catch (error) {
    if (index === undefined) recover(state, run, error)
    else failItem(state, run, run.riders[index] ?? gone, error)
  }
  run.pending -= 1
  // Those of one list come back together, and no others.
  run.again = undefined
  if (run.pending === 0) end(state, run)
  else {
    abandon(run, allLeft)
    if (run.deserted) state.proceed()
  }
}

/** The batch function returned: a list with one outcome per item, or `undefined` for all of them. */
function deliver(state: State, run: Run, returned: unknown): void {
  const { riders: entries, amount: size } = run
  const isList = Array.isArray(returned) || ArrayBuffer.isView(returned)
  // A `DataView` has no length, which is a wrong one.
  const results = isList ? (returned as unknown[]) : []
  if (returned !== undefined && results.length !== size) {
    const expected = `an array of ${size} outcomes, or undefined`
    const error = refusal('take results', 'results', expected, returned, 'JITNEY_WRONG_RESULT')
    failBatch(state, run, entries, error)
  }
  const count = Math.max(size, results.length)
  for (let index = 0; index < count; index += 1) {
    const entry = entries[index] ?? gone
    try {
      const result = results[index]
      // Most are plain, and this is most of what a batch costs.
      if (typeof result === 'object' || typeof result === 'function')
        take(state, run, index, result)
      else if (settle(entry, result)) state.counts.fulfilled += 1
    } catch (error) {
      // A getter or a proxy that throws: what `await` would do with it.
      failItem(state, run, entry, error)
    }
  }
}

function take(state: State, run: Run, index: number, result: unknown): void {
  const entry = run.riders[index] ?? gone
  const kind = kindOf(result)
  const content = kind ? (result as Outcome<unknown>).content : result
  if (kind === 'error' || result instanceof Error) failItem(state, run, entry, content)
  else if (kind === 'retry') {
    const { rateLimit, retry } = state.settings
    const after = content as number
    if (after < Infinity) for (const rate of rateLimit) rate.penalize(after)
    run.riders[index] = gone
    if (isSpent(state, run, entry, retry.attempts, after)) giveUp(state, [entry])
  } else if (has(content, 'then')) {
    // What is said to be a value is one, an `Error` too.
    const call = async (): Promise<unknown> =>
      kind ? { ...(result as object), content: await content } : content
    void wait(state, run, call, index)
  } else if (settle(entry, content)) state.counts.fulfilled += 1
}
