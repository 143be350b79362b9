import { Effect } from 'effect'

/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return (source, fn) =>
    Effect.runPromise(
      Effect.forEach(source, (item) => Effect.promise(() => fn(item)), { concurrency }),
    )
}
