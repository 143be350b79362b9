import type { Processor } from 'jitney'

/** How a promise stands now, to be looked at without waiting for it. */
export interface Observed<Value> {
  status: 'pending' | 'fulfilled' | 'rejected'
  value?: Value
  reason?: unknown
}

/** Follows a promise; its rejection counts as handled. */
export function observe<Value>(promise: Promise<Value>): Observed<Value> {
  const observed: Observed<Value> = { status: 'pending' }
  promise.then(
    (value) => {
      observed.status = 'fulfilled'
      observed.value = value
    },
    (reason: unknown) => {
      observed.status = 'rejected'
      observed.reason = reason
    },
  )
  return observed
}

/** What a promise rejects with; throws if it fulfils. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  const [result] = await Promise.allSettled([promise])
  if (result.status === 'fulfilled') throw new Error('expected a rejection, but it was fulfilled')
  return result.reason
}

/** Hands over each item, and follows its caller. */
export function processEach<Item, Result>(
  batcher: Processor<Item, Result>,
  items: readonly Item[],
): Observed<Result>[] {
  return items.map((item) => observe(batcher.process(item)))
}

/** How several promises stand now. */
export function statuses(observed: readonly Observed<unknown>[]): Observed<unknown>['status'][] {
  return observed.map(({ status }) => status)
}
