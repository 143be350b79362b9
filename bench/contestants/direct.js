/** No batcher: each item is a batch of its own, called directly. */
/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction }) {
  return async (item) => {
    const results = await batchFunction([item])
    return results[0]
  }
}
