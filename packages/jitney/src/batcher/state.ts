import { createAlarm, type SetAlarm } from '../platform/alarm.ts'
import type { Within } from '../platform/context.ts'
import type { Pacer } from '../policy/pacer.ts'
import type { BatchContext } from './batch-function.ts'
import type { Watch } from './callers/caller-signals.ts'
import type { Entry, Place } from './entry.ts'
import type { Group } from './run/group.ts'
import type { Joints } from './queue/joints.ts'
import type { Lanes } from './queue/lanes.ts'
import type { Settings } from './options.ts'
import type { Counts } from './stats.ts'
import type { Queue } from './queue/queue.ts'
import type { Run } from './run/run.ts'
import type { Wait } from './departure/sharing.ts'
import type { Arrival } from './departure/turns.ts'

/** All that the parts of one batcher share: what each of them does to it is in its own file. */
export interface State {
  readonly owner: object
  readonly work: (items: unknown[], context: BatchContext) => unknown
  readonly settings: Settings
  /** Calls a function in the context of the construction. */
  readonly within: Within
  phase: 'open' | 'closing' | 'closed'
  paused: boolean

  /** The turn in which items come now, if its end is awaited. */
  arrival?: Arrival | undefined
  /** How many had come at the last flush: they leave without waiting for company. */
  flushed: number
  /** The last flush, if it waits, and nothing has left or come back since. */
  lastFlush?: Promise<unknown> | undefined

  /** What is queued. */
  readonly lanes: Lanes
  /** Callers who wait for room in the queue. */
  readonly room: Queue
  readonly joints: Joints
  /** Those who gave a signal. */
  signals: Map<AbortSignal, Watch>
  /** Entries that wait for another attempt, and halves of batches. */
  readonly backoffs: Set<Group>
  readonly halves: Set<Group>
  /** The batches that hold a slot: until the function and all its outcomes have really ended. */
  readonly runs: Set<Run>

  /** How many entries have come so far. */
  order: number
  /** Those who wait until nothing is queued or active, and for the end. */
  readonly idle: (() => void)[]
  readonly over: (() => void)[]

  /** Learns what batches cost, and how far apart they leave. */
  readonly pacer: Pacer
  /** When the last one left. */
  left: number
  /** Rings when the oldest entry has waited for `maxQueueTime`. */
  readonly window: SetAlarm
  /** The one line in which it waits for a slot or an allowance that others share. */
  wait?: Wait | undefined
  /** How many batches may leave until we wait in line again. */
  passes: number

  readonly counts: Counts

  /**
   * Does what a change of any kind allows: batches leave, those who wait for the end hear.
   *
   * @param turnEnded whether the callers of this turn have come.
   */
  proceed(turnEnded?: boolean): void
}

/** Where entries wait to leave. */
export interface WaitingPlace extends Place {
  readonly amount: number
  readonly everyone: Entry[]
}

export function placesOf(state: State): WaitingPlace[] {
  return [state.lanes, state.room, ...state.halves, ...state.backoffs]
}

/** Items that wait in the queue or for another attempt. */
export function queuedIn(state: State): number {
  return placesOf(state).reduce((sum, { amount: size }) => sum + size, -state.room.amount)
}

/** An alarm that rings after so many milliseconds. */
export function alarmIn(
  { settings: { clock }, within }: State,
  delay: number,
  ring: () => void,
  now: number = clock.now(),
): SetAlarm {
  const setAlarm = createAlarm(clock, within, ring)
  setAlarm(now + delay)
  return setAlarm
}
