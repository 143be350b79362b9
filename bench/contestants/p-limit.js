import pLimit from 'p-limit'

/** All items at once: it knows no source. */
/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  const limited = pLimit(concurrency)
  return (source, fn) => Promise.all(Array.from(source, (item) => limited(fn, item)))
}

/** @type {import('../harness/types.js').CreateLimit} */
export function createLimit(concurrency) {
  return pLimit(concurrency)
}
