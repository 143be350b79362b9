import PQueue from 'p-queue'

/** All items at once: it knows no source. */
/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  const queue = new PQueue({ concurrency })
  return (source, fn) => Promise.all(Array.from(source, (item) => queue.add(() => fn(item))))
}

/** @type {import('../harness/types.js').CreateLimit} */
export function createLimit(concurrency) {
  const queue = new PQueue({ concurrency })
  return (fn, item) => queue.add(() => fn(item))
}
