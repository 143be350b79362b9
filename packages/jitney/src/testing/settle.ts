import { endOfTurn } from '../platform/turn.ts'

/** The part of the web's `MessageChannel` that every runtime has. */
interface WebChannel {
  port1: { onmessage: (() => void) | null; close(): void }
  port2: { postMessage(message: unknown): void }
}

/**
 * Resolves when everything that can happen without time passing has happened: all promise jobs,
 * all ends of turns, and what they cause.
 *
 * @example
 * ```ts
 * import { settle } from 'jitney/testing'
 *
 * let heard = false
 * void Promise.resolve().then(async () => { await null; heard = true })
 * await settle()
 * heard // => true
 * ```
 */
export async function settle(): Promise<void> {
  await nextTask()
  // Where a message may come before the ends of turns that are due, each of which may cause another.
  for (let round = 0; round < roundsOfTurns(); round += 1) {
    await endOfTurn()
    await nextTask()
  }
}

/** Browsers have no ticks and end turns by a timer, Deno delivers messages ahead of ticks. */
function roundsOfTurns(): number {
  const { Deno, process } = globalThis as { Deno?: unknown; process?: { nextTick?: unknown } }
  return Deno === undefined && process?.nextTick !== undefined ? 0 : 3
}

/** A message is a task of its own: it comes after all jobs, and fake timers leave it alone. */
async function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel() as unknown as WebChannel
  await new Promise<void>((resolve) => {
    port1.onmessage = () => {
      resolve()
    }
    port2.postMessage(undefined)
  })
  port1.close()
}
