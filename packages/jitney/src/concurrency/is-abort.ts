/** Whether an error only says that an abort was heard: the reason of `signal`, or an AbortError. */
export function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  const { name } = Object(error) as { name?: unknown }
  return name === 'AbortError' || (signal?.aborted === true && error === signal.reason)
}
