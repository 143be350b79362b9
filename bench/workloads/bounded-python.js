/**
 * A task for every item, each behind a semaphore: `cpu`, nanoseconds per item; `peak`, megabytes by
 * which the process grew at most.
 *
 * @type {import('../harness/types.js').PythonWorkload}
 */
export function measure({ create, parameters }) {
  const { items = 200_000, concurrency = 100, figure = 'cpu' } = parameters
  return create({ items, concurrency, figure })('gather.py')
}
