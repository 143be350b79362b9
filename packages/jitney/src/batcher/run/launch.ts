import type { Permit } from '../../concurrency/semaphore.ts'
import { type BatchMessage, log, tracing } from '../../platform/diagnostics.ts'
import { inPromiseJob } from '../../platform/turn.ts'
import type { DepartureReason } from '../../policy/departure.ts'
import { reject, timeoutError } from '../callers/callers.ts'
import { Context } from './context.ts'
import { wait } from './delivery.ts'
import { type Entry, isWaiting, moveTo } from '../entry.ts'
import { attemptsAfter } from './recovery.ts'
import type { Run } from './run.ts'
import { abandon, end, stop } from './runs.ts'
import { alarmIn, type State } from '../state.ts'

/**
 * Takes a slot at once, and calls the batch function in a promise job.
 *
 * No closure in here may hold the items: a function that never ends would keep them.
 */
export function start(
  state: State,
  entries: Entry[],
  reason: DepartureReason,
  permit: Partial<Permit>,
): void {
  const { owner: batcher, counts, settings } = state
  const { clock, name, timeout } = settings
  const run: Run = {
    permit,
    abortion: new AbortController(),
    riders: entries,
    passed: 0,
    amount: 0,
    pending: 0,
    drop() {
      run.isLeft = true
    },
  }
  state.lastFlush = undefined
  state.left = clock.now()
  if (state.signals.size > 0) for (const entry of entries) moveTo(run, entry)
  state.runs.add(run)
  const launch = (): void => {
    const startTime = clock.now()
    // Callers who left since the batch was cut are not in it.
    if (run.isLeft || state.phase === 'closed') run.riders = run.riders.filter(isWaiting)
    const size = (run.amount = run.riders.length)
    if (size === 0) return end(state, run)
    let oldest = startTime
    for (const { arrival } of run.riders) oldest = Math.min(oldest, arrival.time)
    const message: BatchMessage = { batcher, name, reason, size, queueTime: startTime - oldest }
    const takeTime = (): number => (message.duration = clock.now() - startTime)
    run.told = message
    run.finish = () => {
      const duration = takeTime()
      counts.totalDuration += duration
      // What failed or was told to stop took less than its work.
      void (run.deserted ?? run.mostTries ?? state.pacer.ended(size, duration))
      log?.('%j', { ...message, batcher: undefined })
    }
    counts.batches += 1
    counts.items += size
    counts.lastReasons = [reason, ...counts.lastReasons].slice(0, 8)
    run.alarm = alarmIn(
      state,
      timeout,
      () => {
        const error = timeoutError(state, run)
        const most = (run.mostTries = attemptsAfter(state, error))
        const spent = run.riders.filter(({ tries: attempts = 0 }) => attempts + 1 >= most)
        reject(state, spent, () => timeoutError(state, run))
        abandon(run, error)
        // Those who get another attempt wait for the slot: nothing is tried twice at once.
        stop(run, error)
        state.proceed()
      },
      startTime,
    )
    // A fresh array, for the batch function to keep.
    const call = (): unknown =>
      state.work(
        run.riders.map(({ item }) => item),
        new Context(run, reason),
      )
    void wait(state, run, () =>
      tracing?.hasSubscribers
        ? tracing.tracePromise(async () => {
            try {
              return await call()
            } finally {
              takeTime()
            }
          }, message)
        : call(),
    )
  }
  inPromiseJob(() => {
    state.within(launch)
  })
}
