import { lazily } from '../platform/lazily.ts'
import type { BatchContext, BatchEntry } from './batch-function.ts'
import { type Entry, isWaiting } from './entry.ts'
import type { Run } from './run.ts'

/** What a batch function is told. Signals and entries are made when they are first asked for. */
export function contextOf(run: Run): BatchContext {
  const { reason, abortion } = run
  const entries = lazily(() => run.entries.map((entry) => describe(entry, abortion().signal)))
  return {
    get signal() {
      return abortion().signal
    },
    key: run.entries[0]?.key,
    reason,
    get entries() {
      return entries()
    },
  }
}

/** Holds nothing of the entry but what it tells: the item must not outlive its caller. */
function describe(entry: Entry, { aborted, reason }: AbortSignal): BatchEntry {
  const abortion = lazily(() => new AbortController())
  const { id = nextId(), attempts = 0 } = entry
  if (isWaiting(entry)) Object.assign(entry, { id, abortion })
  if (aborted || !isWaiting(entry)) abortion().abort(reason)
  return {
    id,
    attempt: attempts + 1,
    get signal() {
      return abortion().signal
    },
  }
}

let last = 0

/** Distinct within the process, and as good as distinct between processes. */
function nextId(): string {
  last += 1
  return `${Math.random().toString(36).slice(2)}-${last}`
}
