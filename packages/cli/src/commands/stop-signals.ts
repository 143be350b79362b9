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

/** Listens to the signals that stop a process. */
export function listenToStopSignals(): StopSignals {
  const second = new AbortController()
  let onFirst: ((name: string) => void) | undefined
  const first = new Promise<string>((resolve) => {
    onFirst = resolve
  })
  const listener = (name: string): void => {
    if (onFirst === undefined) second.abort()
    onFirst?.(name)
    onFirst = undefined
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
