/** `JITNEY_MODULE`, an absolute path, measures another build than the installed one. */
const { limit } = await import(process.env.JITNEY_MODULE ?? 'jitney')

/** All items at once, as `p-limit` is used. */
/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  const limited = limit(concurrency)
  return (source, fn) => Promise.all(Array.from(source, (item) => limited(fn, item)))
}

/** @type {import('../harness/types.js').CreateLimit} */
export function createLimit(concurrency) {
  return limit(concurrency)
}
