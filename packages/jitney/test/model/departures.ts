import type { DepartureReason } from 'jitney'

import { byAge, byTurn, type Entry, isBack } from './entry.ts'
import type { Places } from './places.ts'
import { maximaOf, type Settings } from './settings.ts'

/** What the decision looks at. */
export interface Station {
  readonly settings: Settings
  readonly now: number
  readonly state: 'open' | 'closing' | 'closed'
  readonly paused: boolean
  readonly places: Places
  readonly batches: { readonly running: readonly unknown[] }
}

/** A batch that leaves, if nothing changes until then. */
export interface Departure {
  readonly at: number
  /** When its oldest item came. */
  readonly arrival: number
  /** Whether it lets the turn end first. */
  readonly afterTurn: boolean
  /** Several where each of them is true. */
  readonly reasons: readonly DepartureReason[]
  /** In the order in which they leave, as many as fit. */
  readonly entries: readonly Entry[]
  /** Whether it leaves as it is or not at all. */
  readonly isWhole: boolean
}

/** Halves of batches, then one batch for each key, the one with the oldest item first. */
export function departures(station: Station): Departure[] {
  const { settings, batches } = station
  const { queue, halves } = station.places
  const { concurrency, keyed } = settings
  if (typeof concurrency === 'number' && batches.running.length >= concurrency) return []
  const keyOf = ({ item }: Entry): string | undefined => (keyed ? item.key : undefined)
  const mayLeave = queue.filter(({ flushed }) => flushed || !isHeld(station))
  const keys = new Set(mayLeave.toSorted(byAge).map(keyOf))
  return [
    ...halves.map((half) => ofHalf(half, station)),
    ...[...keys].map((key) =>
      ofLane(
        queue.filter((entry) => keyOf(entry) === key),
        station,
      ),
    ),
  ].filter((departure) => departure !== undefined)
}

/** How many of these leave together: nobody skips ahead of one who does not fit. */
export function cut(
  entries: readonly Entry[],
  fits: (entries: readonly Entry[]) => boolean,
): readonly Entry[] {
  const tooMany = entries.findIndex((_, index) => !fits(entries.slice(0, index + 1)))
  return tooMany === -1 ? entries : entries.slice(0, tooMany)
}

/** Whether these are no more than a batch may hold. */
export function fitsBatch(entries: readonly Entry[], settings: Settings): boolean {
  const fitsWeights = maximaOf(settings).every((max, index) => weigh(entries, index) <= max)
  return entries.length <= settings.maxBatchSize && fitsWeights
}

function ofHalf(half: readonly Entry[], station: Station): Departure | undefined {
  if (isHeld(station) && !half.some(({ flushed }) => flushed)) return undefined
  const arrival = Math.min(...half.map((entry) => entry.arrival))
  const at = station.now
  return { at, arrival, afterTurn: false, reasons: ['split'], entries: half, isWhole: true }
}

/** @param lane the items of one key, in the order in which they came into the queue. */
function ofLane(lane: readonly Entry[], station: Station): Departure | undefined {
  const { settings, now, batches } = station
  const entries = lane.filter(({ flushed }) => flushed || !isHeld(station)).toSorted(byTurn)
  if (entries.length === 0) return undefined
  const arrival = Math.min(...entries.map((entry) => entry.arrival))
  const departure = { at: now, arrival, afterTurn: false, entries, isWhole: false }
  const urgent = reasonsToHurry(lane, entries, station)
  if (urgent.length > 0) return { ...departure, reasons: urgent }
  if (settings.maxQueueTime === 'adaptive') {
    const reason = batches.running.length === 0 ? 'idle' : 'slot'
    // A shared slot may come while one that was given back is on its way.
    const reasons: DepartureReason[] =
      settings.concurrency === 'shared' ? ['idle', 'slot'] : [reason]
    return { ...departure, afterTurn: true, reasons }
  }
  const at = Math.max(now, arrival + settings.maxQueueTime)
  return { ...departure, at, afterTurn: true, reasons: ['time'] }
}

/** What makes a batch leave at once. */
function reasonsToHurry(
  lane: readonly Entry[],
  [first]: readonly Entry[],
  { settings, state, paused, places }: Station,
): DepartureReason[] {
  const reasons: DepartureReason[] = []
  if (first !== undefined && isBack(first)) reasons.push('retry')
  if (isFull(lane, places.queue, settings) && !paused) reasons.push('size')
  else if (state !== 'open') reasons.push('close')
  else if (lane.some(({ flushed }) => flushed)) reasons.push('flush')
  return reasons
}

function isFull(lane: readonly Entry[], queue: readonly Entry[], settings: Settings): boolean {
  const { maxBatchSize, maxQueueSize } = settings
  const isHeavy = maximaOf(settings).some((max, index) => weigh(lane, index) >= max)
  const isAtBound = queue.filter((entry) => !isBack(entry)).length >= maxQueueSize
  return lane.length >= maxBatchSize || isHeavy || isAtBound
}

function isHeld({ paused, state }: Station): boolean {
  return paused && state === 'open'
}

function weigh(entries: readonly Entry[], index: number): number {
  return entries.reduce((sum, { item }) => sum + (item.weights[index] ?? 0), 0)
}
