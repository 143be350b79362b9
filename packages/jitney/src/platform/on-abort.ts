const watches = new WeakMap<AbortSignal, Watch>()

/**
 * Calls back when a signal aborts, at once if it has. Returns what ends that.
 *
 * However many wait for a signal, and for whatever in the library, it has one listener: Node adds
 * one in time that grows with those already there, and warns at the eleventh.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (!signal) return () => {}
  if (signal.aborted) callback()
  const watch = watches.get(signal) ?? new Watch()
  watches.set(signal, watch)
  // The same listener is not added twice.
  signal.addEventListener('abort', watch)
  watch.add(callback)
  return () => {
    watch.delete(callback)
    if (watch.size === 0) signal.removeEventListener('abort', watch)
  }
}

/** A listener object, which saves a closure per signal. */
class Watch extends Set<() => void> {
  handleEvent(): void {
    for (const callback of this) callback()
  }
}
