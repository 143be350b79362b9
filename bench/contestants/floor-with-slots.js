/**
 * The floor plus what it takes to let items wait: slots, and two arrays that are read from the
 * front and cut when half of them has left.
 */
class FloorWithSlots {
  #batchFunction
  #maxBatchSize
  #freeSlots
  #items = []
  #resolves = []
  #head = 0

  constructor(batchFunction, maxBatchSize, concurrency) {
    this.#batchFunction = batchFunction
    this.#maxBatchSize = maxBatchSize
    this.#freeSlots = concurrency
  }

  process(item) {
    return new Promise((resolve) => {
      this.#items.push(item)
      this.#resolves.push(resolve)
      if (this.#freeSlots > 0 && this.#items.length === this.#head + 1) {
        queueMicrotask(() => this.#leave())
      }
    })
  }

  #leave() {
    if (this.#freeSlots === 0 || this.#head === this.#items.length) return
    this.#freeSlots--
    const end = Math.min(this.#head + this.#maxBatchSize, this.#items.length)
    const items = this.#items.slice(this.#head, end)
    const resolves = this.#resolves.slice(this.#head, end)
    this.#head = end
    if (this.#head * 2 >= this.#items.length) this.#cut()
    void this.#batchFunction(items).then((results) => {
      for (let index = 0; index < results.length; index++) resolves[index](results[index])
      this.#freeSlots++
      this.#leave()
    })
  }

  #cut() {
    this.#items = this.#items.slice(this.#head)
    this.#resolves = this.#resolves.slice(this.#head)
    this.#head = 0
  }
}

/** @type {import('../harness/types.js').Create} */
export function create({ batchFunction, maxBatchSize, concurrency }) {
  const floor = new FloorWithSlots(batchFunction, maxBatchSize, concurrency)
  return (item) => floor.process(item)
}
