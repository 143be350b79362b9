/**
 * The reference for `own-signal`: the same signal per item, but the batcher does not see it; the
 * caller adds one listener and removes it, the least that anyone who heeds a signal has to do.
 */

const listener = () => {}

/** @type {import('../harness/types.js').Loop} */
export async function loop(process, state) {
  while (state.next < state.end) {
    const item = state.next++
    const { signal } = new AbortController()
    signal.addEventListener('abort', listener)
    const result = await process(item)
    signal.removeEventListener('abort', listener)
    if (result !== item * 2) state.wrong++
  }
}

/** @type {import('../harness/types.js').Burst} */
export async function burst(process, count) {
  const promises = new Array(count)
  const signals = new Array(count)
  for (let item = 0; item < count; item++) {
    const { signal } = new AbortController()
    signal.addEventListener('abort', listener)
    signals[item] = signal
    promises[item] = process(item)
  }
  const results = await Promise.all(promises)
  for (const signal of signals) signal.removeEventListener('abort', listener)
  return results
}
