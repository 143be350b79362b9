import type { Arrival } from './departure/turns.ts'
import type { Run } from './run/run.ts'

/**
 * One item on its way, and the caller who waits for it.
 *
 * Small on purpose: it is made for each call, and what most items do not have is not a field of
 * theirs. It keeps `resolve` alone, since rejecting through `resolve(Promise.reject(error))` is
 * cheaper than a second closure per item.
 */
export interface Entry {
  item: unknown
  /** Settles the caller's promise; `undefined` once that has happened. */
  answer: ((result: unknown) => void) | undefined
  /** When it came. */
  readonly arrival: Arrival
  /** How many had come with it. */
  readonly order: number
  /** Told once when the entry is settled: it has a signal. */
  ticket?: Ticket | undefined
  /** Where the ticket has it. */
  seat?: number
  /** Where it is, if it has a ticket or is shared. */
  place?: Place | Run | undefined
  /** The entry that its caller shares with others. */
  joint?: Entry
  /** Those who share this entry. */
  callers?: Set<Entry>
  laneKey?: unknown
  weights?: readonly number[] | undefined
  rank?: number | undefined
  /** Where it goes in a lane that was sorted. */
  due?: number
  /** How often it was tried. */
  tries?: number
  /** What the batch function was told of it, if it asked. */
  id?: string
  abortion?: AbortController
  /** Where `process` was called. */
  stack?: string | undefined
  /** Resolves when it is settled, if anybody waits for that. */
  settled?: Promise<void>
}

export interface Ticket {
  quit(entry: Entry): void
}

/** Where an entry is that can be taken out. */
export interface Place {
  /** Takes note that an entry has just been settled. */
  drop(entry: Entry): void
  /** Tells it from a batch, which has this once it is called. */
  told?: undefined
}

/** Notes where an entry is now. */
export function moveTo(place: Place | Run, entry: Entry): void {
  if (entry.ticket ?? entry.callers) entry.place = place
}

/** Stands for entries of which nothing is to be kept. */
export const gone = {} as Entry

export function isWaiting(entry: Entry): boolean {
  return Boolean(entry.answer)
}

/** Settles the caller and lets go of the item. Does nothing, and says so, the second time. */
export function settle(entry: Entry, result: unknown): boolean {
  const { answer: resolve, ticket } = entry
  if (!resolve) return false
  entry.answer = entry.item = undefined
  if (ticket) {
    entry.ticket = undefined
    ticket.quit(entry)
  }
  resolve(result)
  return true
}
