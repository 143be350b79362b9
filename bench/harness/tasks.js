/** What a bounded map does with an item: in a promise job, or in a later turn. */
export const tasks = {
  promise: async (item) => item * 2,
  turn: (item) =>
    new Promise((resolve) => {
      setImmediate(() => resolve(item * 2))
    }),
}

/** So many items, one at a time. */
export function* numbers(count) {
  for (let item = 0; item < count; item++) yield item
}

/** A task that counts its calls and sums its items, so that what was not done shows. */
export function counted(task) {
  const seen = { calls: 0, sum: 0 }
  const fn = (item) => {
    seen.calls++
    seen.sum += item
    return task(item)
  }
  return { fn, seen }
}

/** Throws unless every item was worked on once. */
export function checkAll({ calls, sum }, items) {
  if (calls === items && sum === (items * (items - 1)) / 2) return
  throw new Error(`Wrong calls: ${calls} of ${items}`)
}
