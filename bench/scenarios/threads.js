const threads = (parameters) => ({ workload: 'threads', contestant: 'threads', parameters })
const ideal = (size) => ({ workload: 'threads', contestant: 'bare-threads', parameters: { size } })

/** @type {import('../harness/types.js').Scenario} */
export const threadsScaling = {
  name: 'threads',
  title: 'Computing in threads: time per item over threads that are sent no items',
  figure: 'ratio',
  unit: 'us',
  comparisons: [
    // 0.9 of the ideal.
    {
      name: '2 threads over 2 at best',
      contestant: threads({ size: 2 }),
      reference: ideal(2),
      budget: 1.11,
    },
    {
      name: '2 threads over 1 at best',
      contestant: threads({ size: 2 }),
      reference: ideal(1),
      budget: 0.556,
    },
  ],
}

const small = { size: 1, rounds: 50, count: 20_000 }

/** @type {import('../harness/types.js').Scenario} */
export const threadsMessages = {
  name: 'threads-messages',
  title: 'Small items in a thread: time per item, one message per item over one per batch',
  figure: 'ratio',
  unit: 'us',
  comparisons: [
    {
      name: 'one per item',
      contestant: threads({ ...small, maxBatchSize: 1 }),
      reference: threads(small),
    },
  ],
}
