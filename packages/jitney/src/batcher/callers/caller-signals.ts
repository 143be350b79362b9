import type { Entry, Ticket } from '../entry.ts'
import { leave } from './leaving.ts'
import { Queue } from '../queue/queue.ts'
import type { State } from '../state.ts'

/**
 * Those who gave a signal and still wait.
 *
 * One listener per distinct signal, however many callers share it: Node adds a listener in time
 * that grows with those already there.
 */
export interface Watch extends Ticket {
  readonly entries: Queue
}

/** Lets the caller leave when the signal aborts. */
export function watch(state: State, signal: AbortSignal, entry: Entry): void {
  const ticket = state.signals.get(signal) ?? listen(state, signal)
  ticket.entries.push(entry)
  entry.ticket = ticket
}

function listen(state: State, signal: AbortSignal): Watch {
  const entries = new Queue()
  const onAbort = (): void => {
    leave(state, entries.since(-1), signal.reason)
  }
  const release = (entry: Entry): void => {
    entries.drop(entry)
    if (entries.size > 0) return
    signal.removeEventListener('abort', onAbort)
    state.signals.delete(signal)
  }
  signal.addEventListener('abort', onAbort)
  const ticket = { entries, release }
  state.signals.set(signal, ticket)
  return ticket
}
