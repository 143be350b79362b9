import { setImmediate as nextTurn } from 'node:timers/promises'

/** How many turns bring nothing before nothing more is there: one accepts, the next one reads. */
const quietTurns = 3

/**
 * Resolves when all connections and requests that had reached this machine before the call have
 * been read: the event loop accepts one connection a turn, so it waits until `accepted` stops
 * counting, but no longer than the system's queue of connections is.
 */
export async function untilAllRead(accepted: () => number, backlog: number): Promise<void> {
  let quiet = 0
  for (let turn = 0; quiet < quietTurns && turn < backlog + quietTurns; turn++) {
    const before = accepted()
    await nextTurn()
    quiet = accepted() === before ? quiet + 1 : 0
  }
}
