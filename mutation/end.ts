import { setImmediate } from 'node:timers/promises'

import type { Test } from './harness.ts'

export type Ending =
  | { readonly kind: 'passed' | 'hung' }
  | { readonly kind: 'failed'; readonly reason: unknown }

// Taken before a test can replace them.
const { setInterval, clearInterval } = globalThis
const pollMilliseconds = 10
/** Turns of the event loop: where others use the processor, time alone says nothing. */
const pollsAtLeast = 30

let fail: ((reason: unknown) => void) | undefined
process.on('unhandledRejection', (reason) => fail?.(reason))
process.on('uncaughtException', (reason) => fail?.(reason))

/** How a test ends: what nobody handled is a failure too, as with vitest. */
export async function end(test: Test, milliseconds: number): Promise<Ending> {
  const start = performance.now()
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<Ending>((resolve) => {
    let polls = 0
    timer = setInterval(() => {
      polls += 1
      const over = performance.now() - start > milliseconds
      if (over && polls > pollsAtLeast) resolve({ kind: 'hung' })
    }, pollMilliseconds)
  })
  const unhandled = new Promise<Ending>((resolve) => {
    fail = (reason) => resolve({ kind: 'failed', reason })
  })
  const ended = test.run().then(
    async (): Promise<Ending> => {
      await setImmediate()
      return { kind: 'passed' }
    },
    (reason: unknown): Ending => ({ kind: 'failed', reason }),
  )
  const ending = await Promise.race([ended, unhandled, hung])
  fail = undefined
  clearInterval(timer)
  if (ending.kind === 'hung') await Promise.race([test.clean(), setImmediate()])
  return ending
}
