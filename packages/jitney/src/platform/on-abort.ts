const known = new WeakMap<AbortSignal, Listeners>()

/**
 * Calls back when a signal aborts, at once if it has. Returns what ends that.
 *
 * However many wait for a signal, and for whatever in the library, it has one listener: Node adds
 * one in time that grows with those already there, and warns at the eleventh.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const listeners = known.get(signal) ?? new Listeners()
  if (listeners.size === 0) {
    known.set(signal, listeners)
    signal.addEventListener('abort', listeners)
  }
  listeners.add(callback)
  return () => {
    listeners.delete(callback)
    if (listeners.size === 0) signal.removeEventListener('abort', listeners)
  }
}

/** Those who listen to something: an object, which saves a closure. */
export class Listeners extends Set<() => void> {
  handleEvent(): void {
    for (const callback of this) callback()
  }
}
