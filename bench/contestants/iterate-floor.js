/**
 * The least that results one by one can be: the loops of `map-floor`, and a bare asynchronous
 * iterator over what they leave. No errors, no abort, no bound on results that nobody took.
 */
/** @type {import('../harness/types.js').CreateBounded} */
export function create({ concurrency }) {
  return async (source, fn) => {
    const results = []
    for await (const result of each(source[Symbol.iterator](), fn, concurrency)) {
      results.push(result)
    }
    return results
  }
}

function each(iterator, fn, concurrency) {
  let ready = []
  let head = 0
  let running = 0
  let wake
  const loop = async () => {
    running++
    for (let step = iterator.next(); !step.done; step = iterator.next()) {
      ready.push(await fn(step.value))
      if (wake !== undefined) answer()
    }
    running--
    if (running === 0 && wake !== undefined) wake({ done: true, value: undefined })
  }
  const answer = () => {
    const resolve = wake
    wake = undefined
    resolve(take())
  }
  const take = () => {
    const value = ready[head++]
    if (head === ready.length) {
      ready = []
      head = 0
    }
    return { done: false, value }
  }
  let started = false
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (!started) {
        started = true
        for (let count = 0; count < concurrency; count++) void loop()
      }
      if (head < ready.length) return Promise.resolve(take())
      if (running === 0) return Promise.resolve({ done: true, value: undefined })
      return new Promise((resolve) => {
        wake = resolve
      })
    },
  }
}
