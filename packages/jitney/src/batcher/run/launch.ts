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
  entries: readonly Entry[],
  reason: DepartureReason,
  permit: Partial<Permit>,
): void {
  state.flush = undefined
  const run: Run = {
    permit,
    abortion: new AbortController(),
    // Of its own from when it is called.
    entries: entries as Entry[],
    passed: 0,
    size: 0,
    open: 0,
    drop() {
      run.isLeft = true
    },
  }
  if (state.signals.size > 0) for (const entry of entries) moveTo(run, entry)
  state.runs.add(run)
  inPromiseJob(() => {
    state.within(() => {
      const { batcher, settings } = state
      const { clock, name, timeout } = settings
      const startTime = clock.now()
      // Callers who left since the batch was cut are not in it.
      if (run.isLeft || state.phase === 'closed') run.entries = run.entries.filter(isWaiting)
      let oldest = startTime
      for (const { arrival } of run.entries) if (arrival.time < oldest) oldest = arrival.time
      const queueTime = startTime - oldest
      const size = run.entries.length
      if (size === 0) return end(state, run)
      const message: BatchMessage = { batcher, name, reason, size, queueTime }
      const elapsed = (): number => (message.duration = clock.now() - startTime)
      run.size = size
      run.message = message
      run.finish = () => {
        const duration = elapsed()
        state.counts.totalDuration += duration
        if (log?.enabled) log('%j', { name, reason, size, queueTime, duration })
      }
      state.counts.batches += 1
      state.counts.items += size
      if (timeout !== Infinity) {
        run.alarm = alarmIn(state, timeout, () => {
          const error = timeoutError(state, run)
          const most = attemptsAfter(state, error)
          const spent = run.entries.filter(({ attempts = 0 }) => attempts + 1 >= most)
          reject(state, spent, () => timeoutError(state, run))
          run.attempts = most
          abandon(run, error)
          // Those who get another attempt wait for the slot: nothing is tried twice at once.
          stop(run, error)
          state.update()
        })
      }
      const context = new Context(run, reason)
      // A fresh array, for the batch function to keep.
      const call = (): unknown =>
        state.batchFunction(
          run.entries.map(({ item }) => item),
          context,
        )
      const traced = async (): Promise<unknown> => {
        try {
          return await call()
        } finally {
          elapsed()
        }
      }
      void wait(state, run, () =>
        tracing?.hasSubscribers ? tracing.tracePromise(traced, message) : call(),
      )
    })
  })
}
