import { create as createBatcher, windowedFiniteBatchScheduler } from '@yornaath/batshit'

/**
 * batshit finds each caller's result with a resolver, by the item and not by its position: the
 * fastest way is a map made once per batch. It bounds no concurrency. Its window is the least that
 * a timer can wait.
 */
/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize }) {
  const batcher = createBatcher({
    fetcher: async (items) => {
      const results = await batchFunction(items)
      const byItem = new Map()
      for (let index = 0; index < items.length; index++) byItem.set(items[index], results[index])
      return byItem
    },
    resolver: (byItem, item) => byItem.get(item),
    scheduler: windowedFiniteBatchScheduler({ windowMs: 1, maxBatchSize }),
  })
  return (item) => batcher.fetch(item)
}
