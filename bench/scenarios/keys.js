const measurement = (keys) => ({
  workload: 'keys',
  contestant: 'jitney-key',
  caller: 'plain',
  parameters: { keys },
})

/** @type {import('../harness/types.js').Scenario} */
export const keys = {
  name: 'keys',
  title: '200,000 items over many keys, batches of two: CPU per item over one key',
  figure: 'ratio',
  unit: 'ns',
  comparisons: [10, 1_000, 10_000, 100_000].map((count) => ({
    name: `${count.toLocaleString('en')} keys`,
    contestant: measurement(count),
    reference: measurement(1),
  })),
}
