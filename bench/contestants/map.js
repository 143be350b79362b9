/** `JITNEY_MODULE`, an absolute path, measures another build than the installed one. */
const { map } = await import(process.env.JITNEY_MODULE ?? 'jitney')

/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return (source, fn) => map(source, fn, { concurrency })
}
