import { countOrShared, has } from '../platform/guards.ts'
import { Semaphore } from './semaphore.ts'

/** What is needed of a `Semaphore`: one of another copy of the package will do. */
export type Slots = Pick<Semaphore, 'acquire' | 'tryAcquire'>

/** What `concurrency` means: nothing for `Infinity`. */
export function slotsOf(action: string, concurrency: number | Slots): Slots | undefined {
  if (has(concurrency, 'tryAcquire') && has(concurrency, 'acquire')) return concurrency as Slots
  const capacity = countOrShared(action, 'concurrency', concurrency)
  return capacity === Infinity ? undefined : new Semaphore(capacity)
}
