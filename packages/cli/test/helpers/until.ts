import { setImmediate as nextTurn } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** Resolves when this holds, looked at in every turn of the event loop. The test's timeout bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const test = { isOver: false }
  onTestFinished(() => {
    test.isOver = true
  })
  while (!test.isOver && !(await condition())) await nextTurn()
}
