import { LazyAbort } from '../platform/lazy-abort.ts'
import type { DepartureReason } from '../policy/departure.ts'
import type { BatchContext, BatchEntry } from './batch-function.ts'
import { type Details, detailsOf, isWaiting } from './entry.ts'

interface Detailed {
  details: Details | undefined
  readonly resolve: unknown
}

interface Batch {
  readonly entries: readonly Detailed[]
  readonly abortion: LazyAbort
  readonly reason: DepartureReason
}

/** What a batch function is told. Signals and entries are made when they are first asked for. */
export function contextOf(batch: Batch, key: unknown): BatchContext {
  let entries: readonly BatchEntry[] | undefined
  return {
    get signal() {
      return batch.abortion.signal
    },
    key,
    reason: batch.reason,
    get entries() {
      entries ??= batch.entries.map((entry) => describe(entry, batch.abortion))
      return entries
    },
  }
}

/** Holds nothing of the entry but what it tells: the item must not outlive its caller. */
function describe(entry: Detailed, batch: LazyAbort): BatchEntry {
  const details = detailsOf(isWaiting(entry) ? entry : { ...entry })
  const abortion = new LazyAbort()
  details.abortion = abortion
  details.id ??= nextId()
  if (!isWaiting(entry)) abortion.abort(undefined)
  return {
    id: details.id,
    attempt: details.attempts + 1,
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
