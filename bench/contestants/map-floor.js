/** The least that a bounded map can be: so many loops share an iterator and fill an array. */
/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return async (source, fn) => {
    const iterator = source[Symbol.iterator]()
    const results = []
    let pulled = 0
    const loop = async () => {
      for (let step = iterator.next(); !step.done; step = iterator.next()) {
        const index = pulled++
        results[index] = await fn(step.value)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, loop))
    return results
  }
}
