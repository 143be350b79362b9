import type { DepartureReason } from '../../policy/departure.ts'
import type { BatchContext, BatchEntry } from '../batch-function.ts'
import { type Entry, isWaiting } from '../entry.ts'
import type { Run } from './run.ts'

/**
 * What a batch function is told. Signals and entries are made when they are first asked for.
 *
 * A class, as getters of a literal cost more than all else of a batch.
 */
export class Context implements BatchContext {
  declare readonly key: unknown
  declare readonly reason: DepartureReason
  readonly #run: Run
  #entries: readonly BatchEntry[] | undefined

  constructor(run: Run, reason: DepartureReason) {
    this.key = run.riders[0]!.laneKey
    this.reason = reason
    this.#run = run
  }

  get signal(): AbortSignal {
    return this.#run.abortion.signal
  }

  get entries(): readonly BatchEntry[] {
    return (this.#entries ??= this.#run.riders.map((entry) => describe(entry, this.signal)))
  }
}

/** Ids are distinct within the process, and as good as distinct between processes. */
let last = 0

/** Holds nothing of the entry but what it tells: the item must not outlive its caller. */
function describe(entry: Entry, { aborted, reason }: AbortSignal): BatchEntry {
  const abortion = new AbortController()
  const { signal } = abortion
  const { id = `${(last += 1)}-${Math.random()}`, tries: attempts = 0 } = entry
  if (isWaiting(entry)) Object.assign(entry, { id, abortion })
  if (aborted || !isWaiting(entry)) abortion.abort(reason)
  return { id, attempt: attempts + 1, signal }
}
