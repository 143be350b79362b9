import type { Expectation } from './expectation.ts'
import type { Item } from './settings.ts'

/** One call of `process`. */
export interface Caller {
  readonly number: number
  readonly signal: AbortSignal | undefined
  /** `undefined` while it waits. */
  ending: Expectation | undefined
  /** Whether it went by its own signal. */
  left: boolean
}

/** One item on its way, and all who wait for it: the caller who brought it, and those who joined. */
export interface Entry {
  readonly item: Item
  readonly priority: number
  readonly arrival: number
  readonly callers: Caller[]
  /** How often the batch function was given it. */
  attempts: number
  /** Whether it was there when `flush` was called. */
  flushed: boolean
  /** When it comes back to the queue, while it waits for another attempt. */
  due: number
}

export function waiting({ callers }: Entry): Caller[] {
  return callers.filter(({ ending }) => ending === undefined)
}

export function isAwaited(entry: Entry): boolean {
  return waiting(entry).length > 0
}

/** Whether it comes for another attempt. */
export function isBack({ attempts }: Entry): boolean {
  return attempts > 0
}

export function byAge(one: Entry, other: Entry): number {
  return one.item.number - other.item.number
}

/** Those who are back first, by age; then by priority, of which one point is worth a second. */
export function byTurn(one: Entry, other: Entry): number {
  if (isBack(one) !== isBack(other)) return isBack(one) ? -1 : 1
  return (isBack(one) ? 0 : rank(one) - rank(other)) || byAge(one, other)
}

function rank({ arrival, priority }: Entry): number {
  return arrival - priority * 1000
}
