const rate = (contestant, concurrency, items) => ({
  workload: 'command',
  contestant,
  parameters: { concurrency, items },
})
const peak = (contestant, items) => ({
  workload: 'command',
  contestant,
  parameters: { items, figure: 'peak' },
})

export const command = requesting(
  100_000,
  'jitney map, 100,000 HTTP requests: time per request over a hand-written undici loop',
)
export const commandShort = requesting(20_000, '20,000 requests')

/** @type {import('../harness/types.js').Scenario} */
export const commandMemory = {
  name: 'command-memory',
  title: 'Peak memory of 1,000,000 HTTP requests, 100 at a time: more than of 10,000',
  figure: 'added',
  unit: 'MB',
  onRequest: true,
  comparisons: ['command', 'undici-loop'].map((contestant) => ({
    name: contestant === 'command' ? 'jitney map' : contestant,
    contestant: peak(contestant, 1_000_000),
    reference: peak(contestant, 10_000),
  })),
}

/**
 * @param {number} items
 * @param {string} title
 * @returns {import('../harness/types.js').Scenario}
 */
function requesting(items, title) {
  return {
    name: 'command',
    title,
    figure: 'ratio',
    unit: 'us',
    comparisons: [100, 1000].map((concurrency) => ({
      name: `${concurrency} at a time`,
      contestant: rate('command', concurrency, items),
      reference: rate('undici-loop', concurrency, items),
      // At least 0.9 of its requests per second.
      budget: 1.11,
    })),
  }
}
