import { mapLimit } from 'async'

/** By its `async`, it knows a function from one that takes a callback. */
/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return (source, fn) => mapLimit(source, concurrency, async (item) => fn(item))
}
