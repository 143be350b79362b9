import { failBatch, failItem } from './callers.ts'
import { type Entry, isWaiting, settle } from './entry.ts'
import { kindOf, type Outcome } from './outcome.ts'
import { recover, tryAgain } from './recovery.ts'
import { follow, isError, isThenable, promisesIn, readResults } from './results.ts'
import type { Run } from './run.ts'
import { abandon, allLeft, end } from './runs.ts'
import type { State } from './state.ts'

// Hands what a batch function returned to the callers of one run who still wait.
//
// Never throws, whatever came. Outcomes that are promises are waited for, also those that nobody
// takes: they belong to the run, and must not be reported as unhandled.

export function deliver(state: State, run: Run, returned: unknown): void {
  const { entries } = run
  // Counted here and not one by one, as this loop is most of what a batch costs.
  let fulfilled = 0
  try {
    const results = readResults(returned, run.size)
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index] as Entry
      const result = results?.[index]
      if (!isSimple(result)) take(state, run, entry, result)
      else if (settle(entry, result)) fulfilled += 1
    }
  } catch (error) {
    run.failed = true
    for (const entry of entries) if (leaves(run, entry)) failBatch(state, entry, run.size, error)
    for (const outcome of promisesIn(returned)) wait(state, run, outcome)
  }
  run.live -= fulfilled
  state.fulfilled += fulfilled
  close(state, run)
}

export function fail(state: State, run: Run, error: unknown): void {
  run.failed = true
  if (run.live > 0) recover(state, run, error)
  close(state, run)
}

function take(state: State, run: Run, entry: Entry, result: unknown): void {
  try {
    if (isSimple(result)) return fulfil(state, run, entry, result)
    const kind = kindOf(result as object)
    if (result instanceof Error) run.errors = group(run.errors, result, entry)
    else if (kind === undefined) takeValue(state, run, entry, result, take)
    else {
      const { content } = result as Outcome<unknown>
      if (kind === 'error') run.errors = group(run.errors, content, entry)
      else if (kind === 'retry') run.again = group(run.again, content as number, entry)
      // A value whatever it is, an `Error` too.
      else takeValue(state, run, entry, content, fulfil)
    }
  } catch (error) {
    // A getter or a proxy that throws: what `await` would do with it.
    run.errors = group(run.errors, error, entry)
  }
}

type Take = (state: State, run: Run, entry: Entry, result: unknown) => void

function takeValue(state: State, run: Run, entry: Entry, value: unknown, then: Take): void {
  if (isThenable(value)) wait(state, run, value, entry, then)
  else fulfil(state, run, entry, value)
}

/** @param entry nobody takes the outcome without one. */
function wait(state: State, run: Run, outcome: unknown, entry?: Entry, then?: Take): void {
  run.open += 1
  // One job for both: whoever hears of the last caller must know that nothing is open.
  follow(outcome).then(
    (result) => {
      if (entry !== undefined) then?.(state, run, entry, result)
      close(state, run)
    },
    (error: unknown) => {
      if (entry !== undefined) run.errors = group(run.errors, error, entry)
      close(state, run)
    },
  )
}

function fulfil(state: State, run: Run, entry: Entry, result: unknown): void {
  if (!leaves(run, entry)) return
  state.fulfilled += 1
  settle(entry, result)
}

/** Settles those who failed, and ends the run once nothing is open. */
function close(state: State, run: Run): void {
  const { errors, again } = run
  run.errors = undefined
  run.again = undefined
  for (const [error, entries] of errors ?? []) failItems(state, run, error, entries)
  // Those of one list come back together.
  for (const [after, entries] of again ?? []) tryAgain(state, run, entries.filter(isWaiting), after)
  run.open -= 1
  if (run.open === 0) end(state, run)
  else if (run.live === 0 && !run.abandoned) {
    abandon(state, [run], allLeft)
    state.update()
  }
}

/** Items failed. An `Error` that several callers of the batch would get is wrapped for each. */
function failItems(state: State, run: Run, error: unknown, entries: readonly Entry[]): void {
  run.given ??= new Set()
  const isShared = isError(error) && (entries.length > 1 || run.given.has(error))
  run.given.add(error)
  for (const entry of entries) {
    if (!leaves(run, entry)) continue
    if (isShared) failBatch(state, entry, run.size, error)
    else failItem(state, entry, error)
  }
}

/** Takes a caller off the run, unless it left before. */
function leaves(run: Run, entry: Entry): boolean {
  if (!isWaiting(entry)) return false
  run.live -= 1
  return true
}

function group<Key>(groups = new Map<Key, Entry[]>(), key: Key, entry: Entry): Map<Key, Entry[]> {
  const entries = groups.get(key)
  if (entries === undefined) groups.set(key, [entry])
  else entries.push(entry)
  return groups
}

/** Whether it can be nothing but a plain value. */
function isSimple(result: unknown): boolean {
  return (typeof result !== 'object' && typeof result !== 'function') || result === null
}
