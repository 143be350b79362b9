/** Callers with three priorities, in turn. */

const priorities = [{ priority: 0 }, { priority: 1 }, { priority: 2 }]

/** @type {import('../harness/types.js').Loop} */
export async function loop(process, state) {
  while (state.next < state.end) {
    const item = state.next++
    const result = await process(item, priorities[item % 3])
    if (result !== item * 2) state.wrong++
  }
}

/** @type {import('../harness/types.js').Burst} */
export function burst(process, count) {
  const promises = new Array(count)
  for (let item = 0; item < count; item++) promises[item] = process(item, priorities[item % 3])
  return Promise.all(promises)
}
