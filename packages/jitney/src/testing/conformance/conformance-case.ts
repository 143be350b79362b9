import { messageOf } from '../../platform/message-of.ts'
import { ConformanceError } from './expect-that.ts'
import type { ConformanceCase, ConformanceRun, ConformanceSubject } from './subject.ts'

/** A case that starts the subject, and ends it whatever came of it. */
export function conformanceCase<Item, Result>(
  name: string,
  start: ConformanceSubject<Item, Result>['start'],
  check: (run: ConformanceRun<Item, Result>) => Promise<void>,
): ConformanceCase {
  return {
    name,
    run: async () => {
      const run = await start()
      try {
        await check(run)
      } catch (error) {
        if (error instanceof ConformanceError) throw error
        throw new ConformanceError(`Expected no failure: ${messageOf(error)}`, { cause: error })
      } finally {
        await run.end()
      }
    },
  }
}

/** The numbers of the items of one case. */
export function numbersTo(end: number): number[] {
  return Array.from({ length: end }, (_, n) => n)
}
