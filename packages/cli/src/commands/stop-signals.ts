/** The signals by which a terminal (Ctrl+C) and a supervisor ask a process to end. */
const stopping = ['SIGINT', 'SIGTERM'] as const

/** Those, and the one by which a terminal says that it is gone. */
export const stoppingOrHangup = [...stopping, 'SIGHUP'] as const

export interface StopSignals {
  /** Resolves to the first of them that comes. */
  readonly first: Promise<NodeJS.Signals>
  /** Aborts when another one comes. */
  readonly second: AbortSignal
  /** From here on they end the process again. */
  release(): void
}

/**
 * Listens to the signals that stop a process.
 *
 * @param echo milliseconds in which the same signal again is no other one: whoever signals a process
 *   and its group, as timeout(1) and npm do, signals twice. A terminal that goes says so several
 *   times, whenever it likes: once is enough.
 */
export function listenToStopSignals(
  echo = 0,
  names: readonly NodeJS.Signals[] = stopping,
): StopSignals {
  const second = new AbortController()
  let onFirst: ((name: NodeJS.Signals) => void) | undefined
  const first = new Promise<NodeJS.Signals>((resolve) => {
    onFirst = resolve
  })
  let before = { name: '', time: 0 }
  const listener = (name: NodeJS.Signals): void => {
    const time = performance.now()
    if (onFirst !== undefined) {
      before = { name, time }
      onFirst(name)
      onFirst = undefined
    } else if (name !== before.name || (name !== 'SIGHUP' && time - before.time >= echo)) {
      second.abort()
    }
  }
  for (const name of names) process.on(name, listener)
  return {
    first,
    second: second.signal,
    release: () => {
      for (const name of names) process.off(name, listener)
    },
  }
}
