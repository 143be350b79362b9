import { refusal } from '../../platform/errors.ts'
import { has } from '../../platform/guards.ts'
import { failBatch, failItem } from '../callers/callers.ts'
import { type Entry, gone, settle } from '../entry.ts'
import { kindOf, type Outcome } from '../outcome.ts'
import { tryAgain } from './recovery.ts'
import type { Run } from './run.ts'
import { abandon, allLeft, end } from './runs.ts'
import type { State } from '../state.ts'

// Hands what a batch function gave to the callers of one run who still wait.
//
// Outcomes that are promises are waited for, also those that nobody takes: they belong to the run,
// and must not be reported as unhandled.

/**
 * Waits for the batch function of a run, or for an outcome. What `hear` throws goes to `fail` too.
 *
 * One job for all: whoever hears of the last caller must know that nothing is open.
 */
export async function wait(
  state: State,
  run: Run,
  call: () => unknown,
  hear: (state: State, run: Run, value: unknown) => void,
  fail: (state: State, run: Run, error: unknown) => void,
): Promise<void> {
  run.open += 1
  try {
    hear(state, run, await call())
  } catch (error) {
    fail(state, run, error)
  }
  run.open -= 1
  // Those of one list come back together.
  for (const [after, places] of run.again ?? []) {
    const entries = places.flatMap((index) => run.entries.splice(index, 1, gone))
    tryAgain(state, entries, after)
  }
  run.again = undefined
  if (run.open === 0) end(state, run)
  else if (abandon(run, allLeft)) state.update()
}

/** The batch function returned: a list with one outcome per item, or `undefined` for all of them. */
export function deliver(state: State, run: Run, returned: unknown): void {
  const { entries, size } = run
  const isList = Array.isArray(returned) || ArrayBuffer.isView(returned)
  // A `DataView` has no length, which is a wrong one.
  const results = isList ? (returned as unknown[]) : []
  if (returned !== undefined && results.length !== size) {
    const expected = `an array of ${size}, one outcome per item, or undefined`
    const error = refusal('take results', 'results', expected, returned, 'JITNEY_WRONG_RESULT')
    failBatch(state, run, entries, error)
  }
  // Counted here and not one by one, as this loop is most of what a batch costs.
  let fulfilled = 0
  const count = Math.max(size, results.length)
  for (let index = 0; index < count; index += 1) {
    const entry = entries[index] ?? gone
    try {
      const result = results[index]
      if (typeof result === 'object' || typeof result === 'function')
        take(state, run, entry, index, result)
      else if (settle(entry, result)) fulfilled += 1
    } catch (error) {
      // A getter or a proxy that throws: what `await` would do with it.
      failItem(state, run, entry, error)
    }
  }
  state.counts.fulfilled += fulfilled
}

function take(state: State, run: Run, entry: Entry, index: number, result: unknown): void {
  const kind = kindOf(result)
  const content = kind === undefined ? result : (result as Outcome<unknown>).content
  if (kind === 'error' || result instanceof Error) failItem(state, run, entry, content)
  else if (kind === 'retry') {
    const after = content as number
    run.again ??= new Map()
    const places = run.again.get(after) ?? []
    run.again.set(after, places)
    places.push(index)
  } else if (has(content, 'then')) {
    void wait(
      state,
      run,
      () => content,
      (_state, _run, value) => {
        // What is said to be a value is one, an `Error` too.
        const outcome = kind === undefined ? value : { ...(result as object), content: value }
        take(state, run, entry, index, outcome)
      },
      (_state, _run, error) => {
        failItem(state, run, entry, error)
      },
    )
  } else if (settle(entry, content)) state.counts.fulfilled += 1
}
