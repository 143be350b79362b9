import type { Permit } from '../../concurrency/semaphore.ts'
import type { SetAlarm } from '../../platform/alarm.ts'
import type { BatchMessage } from '../../platform/diagnostics.ts'
import type { Entry } from '../entry.ts'
import type { Group } from './group.ts'

/** One batch, from the moment it is cut until its function and all its outcomes have ended. */
export interface Run {
  /** What is published of it; there once it is called. */
  told?: BatchMessage
  /** Takes note that an entry has just been settled. */
  drop(entry: Entry): void
  /** Given back at the end; nothing to give where a number counts the runs. */
  readonly permit: Partial<Permit>
  /** What its signal follows. */
  readonly abortion: AbortController
  /** Its entries, those who are settled among them; empty once it has ended. */
  riders: Entry[]
  /** How many of the first of them are known to be settled. */
  passed: number
  /** How many items the batch function was given. */
  amount: number
  /** Outcomes that are not known yet, the function itself among them. */
  pending: number
  /** Takes down how long it took. */
  finish?: () => void
  /** Whether callers left before it was called. */
  isLeft?: boolean
  /** Rings when it takes too long. */
  alarm?: SetAlarm
  /** How often its items may be tried, if it failed or took too long. */
  mostTries?: number
  /** Whether nobody waits for it any more, though it holds its slot. */
  deserted?: boolean
  /** Where those of one list of outcomes wait for another attempt, by the milliseconds until then. */
  again?: Map<number, Group> | undefined
  /** Errors that callers of the batch have. */
  given?: WeakSet<object>
}
