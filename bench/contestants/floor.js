/**
 * The least a batcher can do: one promise per item, two arrays, resolved from the batch's result.
 * No errors, no bound, no slots, no signal. A batch leaves when it is full, or in a promise job.
 */
class Floor {
  #batchFunction
  #maxBatchSize
  #items = []
  #resolves = []

  constructor(batchFunction, maxBatchSize) {
    this.#batchFunction = batchFunction
    this.#maxBatchSize = maxBatchSize
  }

  process(item) {
    return new Promise((resolve) => {
      if (this.#items.length === 0) queueMicrotask(() => this.#leave())
      this.#items.push(item)
      this.#resolves.push(resolve)
      if (this.#items.length === this.#maxBatchSize) this.#leave()
    })
  }

  #leave() {
    if (this.#items.length === 0) return
    const items = this.#items
    const resolves = this.#resolves
    this.#items = []
    this.#resolves = []
    void this.#batchFunction(items).then((results) => {
      for (let index = 0; index < results.length; index++) resolves[index](results[index])
    })
  }
}

/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize }) {
  const floor = new Floor(batchFunction, maxBatchSize)
  return (item) => floor.process(item)
}
