import { mapLimit } from 'async'

/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return (source, fn) => mapLimit(source, concurrency, fn)
}
