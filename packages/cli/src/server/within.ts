const longestTimer = 2 ** 31 - 1

/** Resolves to whether the promise settled before the time ran out and the signal aborted. */
export async function within(
  promise: Promise<unknown>,
  timeout: number,
  signal?: AbortSignal,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  let give = (): void => {}
  const givenUp = new Promise<false>((resolve) => {
    give = () => resolve(false)
    if (timeout <= longestTimer) timer = setTimeout(give, timeout)
    if (signal?.aborted === true) give()
    else signal?.addEventListener('abort', give)
  })
  try {
    return await Promise.race([promise.then(() => true as const), givenUp])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', give)
  }
}
