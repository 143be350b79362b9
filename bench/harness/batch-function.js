/** What the batch functions of this process have seen. */
export const seen = { batches: 0, items: 0 }

/**
 * Doubles in a later turn of the event loop, as an upstream would answer.
 *
 * @type {import('./types.js').BatchFunction}
 */
export function double(items) {
  return new Promise((resolve) => {
    setImmediate(() => {
      resolve(doubled(items))
    })
  })
}

/**
 * Doubles in a promise job, for the latency of a batcher alone.
 *
 * @type {import('./types.js').BatchFunction}
 */
export async function doubleAtOnce(items) {
  return doubled(items)
}

/** @param {readonly number[]} items */
function doubled(items) {
  seen.batches++
  seen.items += items.length
  const results = new Array(items.length)
  for (let index = 0; index < items.length; index++) results[index] = items[index] * 2
  return results
}
