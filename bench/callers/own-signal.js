/** Callers that each pass a signal of their own. */

/** @type {import('../harness/types.js').Loop} */
export async function loop(process, state) {
  while (state.next < state.end) {
    const item = state.next++
    const { signal } = new AbortController()
    const result = await process(item, { signal })
    if (result !== item * 2) state.wrong++
  }
}

/** @type {import('../harness/types.js').Burst} */
export function burst(process, count) {
  const promises = new Array(count)
  for (let item = 0; item < count; item++) {
    const { signal } = new AbortController()
    promises[item] = process(item, { signal })
  }
  return Promise.all(promises)
}
