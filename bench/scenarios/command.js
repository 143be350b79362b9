const rate = (contestant, concurrency) => ({
  workload: 'command',
  contestant,
  parameters: { concurrency },
})
const peak = (contestant, items) => ({
  workload: 'command',
  contestant,
  parameters: { items, figure: 'peak' },
})

/** @type {import('../harness/types.js').Scenario} */
export const command = {
  name: 'command',
  title: 'jitney map, 100,000 HTTP requests: time per request over a hand-written undici loop',
  figure: 'ratio',
  unit: 'us',
  comparisons: [100, 1000].map((concurrency) => ({
    name: `${concurrency} at a time`,
    contestant: rate('command', concurrency),
    reference: rate('undici-loop', concurrency),
    // At least 0.9 of its requests per second.
    budget: 1.11,
  })),
}

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
