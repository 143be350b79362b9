import { setImmediate as nextTurn } from 'node:timers/promises'

let waiting: (() => void)[] = []

/**
 * Calls back, without throwing, when what is readable now has been read: in the phase of the event
 * loop that follows reading, and all who asked during it in one go.
 */
export function afterReading(callback: () => void): void {
  if (waiting.length === 0) setImmediate(callBack)
  waiting.push(callback)
}

function callBack(): void {
  const callbacks = waiting
  waiting = []
  for (const callback of callbacks) callback()
}

/**
 * Resolves when all that had reached this machine before the call has been read: a turn of the
 * event loop to accept connections, one to read what they sent, and the one that is running.
 */
export async function turnsToRead(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await nextTurn()
}
