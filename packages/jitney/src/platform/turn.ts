interface Host {
  process?: { nextTick?: (callback: () => void) => void }
  setImmediate?: (callback: () => void) => unknown
}

/**
 * Calls back when the current turn ends: after all promise jobs that are queued now and all that
 * they queue, so that callers a few awaits deep still belong to it.
 *
 * A promise job first, because `process.nextTick` from the main script runs before them.
 */
export function atEndOfTurn(callback: () => void): void {
  inPromiseJob(() => {
    const { process, setImmediate = setTimeout } = globalThis as Host
    const call = process?.nextTick ?? setImmediate
    call(callback)
  })
}

/** Resolves when the current turn has ended. */
export function endOfTurn(): Promise<void> {
  return new Promise(atEndOfTurn)
}

/** Calls back in a promise job. */
export function inPromiseJob(callback: () => void): void {
  void Promise.resolve().then(callback)
}
