const watches = new WeakMap<AbortSignal, Watch>()

/**
 * Calls back when a signal that is not aborted yet aborts. Returns what ends that.
 *
 * However many wait for a signal, and for whatever in the library, it has one listener: Node adds
 * one in time that grows with those already there, and warns at the eleventh.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const watch = watches.get(signal) ?? new Watch()
  if (watch.size === 0) {
    watches.set(signal, watch)
    signal.addEventListener('abort', watch)
  }
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
