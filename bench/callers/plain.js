/** Callers that pass nothing but their item. */

/** @type {import('../harness/types.js').Loop} */
export async function loop(process, state) {
  while (state.next < state.end) {
    const item = state.next++
    const result = await process(item)
    if (result !== item * 2) state.wrong++
  }
}

/** @type {import('../harness/types.js').Burst} */
export function burst(process, count) {
  const promises = new Array(count)
  for (let item = 0; item < count; item++) promises[item] = process(item)
  return Promise.all(promises)
}
