/** Whether an error is no failure, but the answer to an abort: its reason, or an `AbortError`. */
export function onlyFollowed(signal: AbortSignal | undefined, error: unknown): boolean | undefined {
  try {
    return signal?.aborted && (error === signal.reason || (error as Error).name === 'AbortError')
  } catch {
    // A hostile object, or none.
    return false
  }
}
