import { type Caller, type Entry, waiting } from './entry.ts'
import type { Expectation } from './expectation.ts'

/** How callers end, and how many did so. */
export class Endings {
  readonly counts = { fulfilled: 0, rejected: 0, aborted: 0, refused: 0 }

  end(caller: Caller, how: keyof Endings['counts'], ending: Expectation): void {
    if (caller.ending !== undefined) return
    caller.ending = ending
    this.counts[how] += 1
  }

  /** Ends all who wait for an item. An error that several get is wrapped for each. */
  endAll(entry: Entry, ending: Expectation): void {
    const callers = waiting(entry)
    const isWrapped = 'reason' in ending && callers.length > 1
    const own: Expectation = isWrapped ? { error: 'BatchError', cause: ending.reason } : ending
    for (const caller of callers)
      this.end(caller, 'value' in ending ? 'fulfilled' : 'rejected', own)
  }
}
