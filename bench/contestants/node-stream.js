import { Readable } from 'node:stream'

/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return (source, fn) => Readable.from(source).map(fn, { concurrency }).toArray()
}
