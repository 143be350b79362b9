/** Whether an error is no failure, but the answer to an abort: its reason, or an `AbortError`. */
export function onlyFollowed(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false
  try {
    return error === signal.reason || (error as Error).name === 'AbortError'
  } catch {
    // A hostile object, or none.
    return false
  }
}
