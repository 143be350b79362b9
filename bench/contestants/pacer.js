import { Batcher } from '@tanstack/pacer/batcher'

/**
 * TanStack Pacer gives no caller a result of its own: `Batcher` returns nothing, `AsyncBatcher`
 * returns the whole batch to the caller that filled it and nothing to the others. So each item
 * carries the `resolve` of a promise made here, as an application would have to do it.
 * It bounds no concurrency. Its wait is the least that a timer can do.
 */
/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize }) {
  const batcher = new Batcher(
    (entries) => {
      void batchFunction(entries.map((entry) => entry.item)).then((results) => {
        for (let index = 0; index < results.length; index++) entries[index].resolve(results[index])
      })
    },
    { maxSize: maxBatchSize, wait: 1 },
  )
  return (item) => new Promise((resolve) => batcher.addItem({ item, resolve }))
}
