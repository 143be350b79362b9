/**
 * What `closed-loop` does, from Python: nanoseconds of CPU per item.
 *
 * @type {import('../harness/types.js').PythonWorkload}
 */
export function measure({ create }) {
  return create({ items: 100_000 })('closed_loop.py')
}
