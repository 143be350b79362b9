import fastq from 'fastq'

/** All items at once: it knows no source. Its function is set once. */
/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return (source, fn) => {
    const queue = fastq.promise(fn, concurrency)
    return Promise.all(Array.from(source, (item) => queue.push(item)))
  }
}

/** @type {import('../harness/types.js').CreateLimit} */
export function createLimit(concurrency) {
  const queue = fastq.promise(({ fn, item }) => fn(item), concurrency)
  return (fn, item) => queue.push({ fn, item })
}
