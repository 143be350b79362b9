import { Semaphore } from '../semaphore.ts'

/** What is needed of a `Semaphore`: one of another copy of the package will do. */
export type Slots = Pick<Semaphore, 'acquire' | 'tryAcquire'>

/** What `concurrency` means: nothing for `Infinity`. */
export function slotsOf(concurrency: number | Slots): Slots | undefined {
  if (typeof concurrency !== 'number') return concurrency
  return concurrency === Infinity ? undefined : new Semaphore(concurrency)
}
