/** The signals by which a terminal (Ctrl+C) and a supervisor ask a process to end. */
const names = ['SIGINT', 'SIGTERM'] as const

export interface StopSignals {
  /** Resolves to the first of them that comes. */
  readonly first: Promise<string>
  /** Aborts when another one comes. */
  readonly second: AbortSignal
  /** From here on they end the process again. */
  release(): void
}

/**
 * Listens to the signals that stop a process.
 *
 * @param echo milliseconds in which the same signal again is no other one: whoever signals a process
 *   and its group, as timeout(1) and npm do, signals twice.
 */
export function listenToStopSignals(echo = 0): StopSignals {
  const second = new AbortController()
  let onFirst: ((name: string) => void) | undefined
  const first = new Promise<string>((resolve) => {
    onFirst = resolve
  })
  let before = { name: '', time: 0 }
  const listener = (name: string): void => {
    const time = performance.now()
    if (onFirst !== undefined) {
      before = { name, time }
      onFirst(name)
      onFirst = undefined
    } else if (name !== before.name || time - before.time >= echo) second.abort()
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
