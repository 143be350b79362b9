import type { Permit } from '../concurrency/semaphore.ts'
import { Alarm } from '../platform/alarm.ts'
import { isObserved, traceBatch } from '../platform/diagnostics.ts'
import { inPromiseJob } from '../platform/turn.ts'
import type { DepartureReason } from '../policy/departure.ts'
import { reject, timeoutError } from './callers.ts'
import { deliver, fail } from './delivery.ts'
import { type Entry, isWaiting } from './entry.ts'
import { mayRetry } from './recovery.ts'
import { follow } from './results.ts'
import { Run } from './run.ts'
import { abandon, end, messageOf, stop } from './runs.ts'
import type { State } from './state.ts'

/** Takes a slot at once, and calls the batch function in a promise job. */
export function start(
  state: State,
  entries: readonly Entry[],
  reason: DepartureReason,
  permit: Permit,
): void {
  const run = new Run(state, entries, reason, permit)
  state.runs.add(run)
  inPromiseJob(() => {
    state.within(() => {
      launch(state, run)
    })
  })
}

function launch(state: State, run: Run): void {
  const { clock, timeout } = state.settings
  // Callers who left since the batch was cut are not in it.
  if (run.live < run.entries.length) run.entries = run.entries.filter(isWaiting)
  run.size = run.live
  if (run.live === 0) return end(state, run)
  run.startTime = clock.now()
  state.batches += 1
  state.items += run.size
  if (timeout !== Infinity) {
    run.alarm = new Alarm(clock, state.within, () => {
      timeOut(state, run)
    })
    run.alarm.set(run.startTime + timeout)
  }
  call(state, run)
}

/** No closure in here may hold the items: a function that never ends would keep them. */
function call(state: State, run: Run): void {
  const { batchFunction } = state
  try {
    const returned = isObserved()
      ? traceBatch(messageOf(state, run), state.settings.clock, () =>
          batchFunction(itemsOf(run), run.context),
        )
      : batchFunction(itemsOf(run), run.context)
    follow(returned).then(
      (results) => {
        deliver(state, run, results)
      },
      (error: unknown) => {
        fail(state, run, error)
      },
    )
  } catch (error) {
    fail(state, run, error)
  }
}

/** A fresh array, for the batch function to keep. */
function itemsOf({ entries }: Run): unknown[] {
  return entries.map(({ item }) => item)
}

function timeOut(state: State, run: Run): void {
  const error = timeoutError(state, run.size)
  const most = mayRetry(state, error) ? state.settings.retry.attempts : 0
  for (const entry of run.entries) {
    if (!isWaiting(entry) || (entry.attempts ?? 0) + 1 < most) continue
    reject(state, entry, () => timeoutError(state, run.size))
    run.live -= 1
  }
  run.expired = error
  // Those who get another attempt wait for the slot: nothing is tried twice at once.
  if (run.live > 0) stop(run, error)
  else abandon(state, [run], error)
  state.update()
}
