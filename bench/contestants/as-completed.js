/** `JITNEY_MODULE`, an absolute path, measures another build than the installed one. */
const { asCompleted } = await import(process.env.JITNEY_MODULE ?? 'jitney')

/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return async (source, fn) => {
    let count = 0
    for await (const _ of asCompleted(source, fn, { concurrency })) {
      count++
    }
    return count
  }
}
