/**
 * Items that only compute, all handed over at once: microseconds per item, the best of some runs, as
 * other programs on the machine only ever add.
 *
 * @type {import('../harness/types.js').ThreadsWorkload}
 */
export async function measure({ create, parameters }) {
  const { count = 2000, rounds = 50_000, size = 1, maxBatchSize = 100 } = parameters
  const items = Array.from({ length: Number(count) }, () => Number(rounds))
  const run = await create({ size: Number(size), items, maxBatchSize: Number(maxBatchSize) })
  await run()
  const repetitions = 5
  let best = Infinity
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const start = performance.now()
    await run()
    best = Math.min(best, performance.now() - start)
  }
  return { typical: (best / items.length) * 1000, repetitions }
}
