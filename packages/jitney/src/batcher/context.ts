import { LazyAbort } from '../platform/lazy-abort.ts'
import type { BatchContext, BatchEntry } from './batch-function.ts'
import { type Entry, isWaiting } from './entry.ts'
import type { Run } from './run.ts'

/** What a batch function is told. Signals and entries are made when they are first asked for. */
export function contextOf(run: Run, key: unknown): BatchContext {
  let entries: readonly BatchEntry[] | undefined
  return {
    get signal() {
      return run.abortion.signal
    },
    key,
    reason: run.reason,
    get entries() {
      entries ??= run.entries.map((entry) => describe(entry, run.abortion))
      return entries
    },
  }
}

/** Holds nothing of the entry but what it tells: the item must not outlive its caller. */
function describe(entry: Entry, batch: LazyAbort): BatchEntry {
  const abortion = new LazyAbort()
  if (!isWaiting(entry)) abortion.abort(undefined)
  entry.abortion = abortion
  entry.id ??= nextId()
  return {
    id: entry.id,
    attempt: (entry.attempts ?? 0) + 1,
    get signal() {
      return batch.aborted ? batch.signal : abortion.signal
    },
  }
}

let prefix: string | undefined
let last = 0

/** Distinct within the process, and as good as distinct between processes. */
function nextId(): string {
  prefix ??= Math.random().toString(36).slice(2)
  last += 1
  return `${prefix}-${last}`
}
