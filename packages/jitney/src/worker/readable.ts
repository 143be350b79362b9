import { mostLevels } from './cloneable.ts'
import { isWithinLevels } from './nesting.ts'
import type { ThreadMemory } from './thread-options.ts'

/** Node's own for threads, in megabytes: several times that of the main thread. */
const usualStack = 4

/** Whether what this thread can write may be too deep for one with such a stack to read. */
export function hasSmallStack({ stackSizeMb = usualStack }: ThreadMemory): boolean {
  return stackSizeMb < usualStack
}

/** @throws RangeError for a value that is nested too deeply. */
export function checkReadable(item: unknown): void {
  if (!isWithinLevels(item, mostLevels)) {
    throw new RangeError(`its values are nested deeper than ${mostLevels} levels`)
  }
}
