const watches = new WeakMap<AbortSignal, Watch>()

/**
 * Calls back when a signal that is not aborted yet aborts. Returns what ends that.
 *
 * However many wait for a signal, and for whatever in the library, it has one listener: Node adds
 * one in time that grows with those already there, and warns at the eleventh.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let watch = watches.get(signal)
  if (watch === undefined) {
    watches.set(signal, (watch = new Watch()))
    signal.addEventListener('abort', watch)
  }
  watch.add(callback)
  return () => {
    if (!watch.delete(callback) || watch.size > 0) return
    signal.removeEventListener('abort', watch)
    watches.delete(signal)
  }
}

/** A listener object, which saves a closure per signal. */
class Watch extends Set<() => void> {
  handleEvent(): void {
    for (const callback of this) callback()
  }
}
