import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { ItemError } from './item-error.ts'
import type { Finished } from './worker.ts'

/** Failures that look alike. */
export interface Failures {
  readonly error: ItemError
  /** The first of them. */
  readonly index: number
  count: number
}

const mostKinds = 20

/** Counts what a run does, in constant memory. */
export class Tally {
  ok = 0
  failed = 0
  /** Done by an earlier run, and failed there. */
  skipped = 0
  failedBefore = 0
  /** Of the input, that are done. */
  bytes = 0
  skippedBytes = 0
  /** Microseconds. */
  readonly times: RecordableHistogram = createHistogram()
  readonly #kinds = new Map<string, Failures>()
  readonly #onKind: (failures: Failures) => void

  /** @param onKind told of the first failure of a kind. */
  constructor(onKind: (failures: Failures) => void) {
    this.#onKind = onKind
  }

  get done(): number {
    return this.ok + this.failed
  }

  get kinds(): readonly Failures[] {
    return [...this.#kinds.values()].sort((left, right) => right.count - left.count)
  }

  add({ unit, outcomes, duration }: Finished): void {
    this.bytes += unit.bytes
    const microseconds = Math.max(1, Math.round(duration * 1000))
    for (const { line, result } of outcomes) {
      if (duration > 0) this.times.record(microseconds)
      if (typeof result === 'string') this.ok += 1
      else this.#fail(line.index, result)
    }
  }

  skip(bytes: number): void {
    this.skipped += 1
    this.bytes += bytes
    this.skippedBytes += bytes
  }

  #fail(index: number, error: ItemError): void {
    this.failed += 1
    const kind = `${error.code} ${error.status ?? ''}`
    const known = this.#kinds.get(kind)
    if (known !== undefined) known.count += 1
    else if (this.#kinds.size < mostKinds) {
      const failures = { error, index, count: 1 }
      this.#kinds.set(kind, failures)
      this.#onKind(failures)
    }
  }
}
