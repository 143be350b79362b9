import pMap from 'p-map'

/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return (source, fn) => pMap(source, fn, { concurrency })
}
