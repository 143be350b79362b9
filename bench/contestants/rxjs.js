import { from, lastValueFrom, mergeMap, toArray } from 'rxjs'

/** Results in the order of completion. */
/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return (source, fn) => lastValueFrom(from(source).pipe(mergeMap(fn, concurrency), toArray()))
}
