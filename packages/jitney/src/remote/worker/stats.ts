/** What a worker does and did: a frozen plain object of counts. */
export interface BatchWorkerStats extends Readonly<Counts> {
  /** The queue that it works on. */
  readonly name: string
  /** What the queue knows the worker by. */
  readonly id: string
  /** `'open'`, `'closing'` after `close()` while batches run, then `'closed'`. */
  readonly state: 'open' | 'closing' | 'closed'
  /** Items that the worker holds, those among them whose end the queue has not heard of yet. */
  readonly held: number
}

/** What is counted. */
export interface Counts {
  /** Batches that run. */
  active: number
  /** Calls of the batch function so far. */
  batches: number
  /** Items in them: one that was sent twice counts twice. */
  items: number
  /** Items that ended with a reply. */
  replied: number
  /** Items that were queued for another attempt. */
  retried: number
  /** Items that became dead letters. */
  dead: number
  /** Items that went to another worker, as this one said nothing for a lease. */
  lost: number
  /** Ends that did not count: another worker was first. */
  late: number
}

export function noCounts(): Counts {
  return { active: 0, batches: 0, items: 0, replied: 0, retried: 0, dead: 0, lost: 0, late: 0 }
}
