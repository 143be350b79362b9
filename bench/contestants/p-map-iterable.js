import { pMapIterable } from 'p-map'

/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return async (source, fn) => {
    let count = 0
    for await (const _ of pMapIterable(source, fn, { concurrency })) count++
    return count
  }
}
