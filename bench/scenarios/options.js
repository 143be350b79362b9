/**
 * What options cost that say something of each item, in the shape of another workload.
 *
 * @param {'closed-loop' | 'burst'} workload
 * @returns {import('../harness/types.js').Scenario}
 */
function withOptions(workload) {
  const comparison = (name, contestant, caller) => ({
    name,
    contestant: { workload, contestant, caller, parameters: {} },
    reference: { workload, contestant: 'jitney', caller: 'plain', parameters: {} },
    budget: 1.5,
  })
  return {
    name: `${workload}-options`,
    title: `Options, ${workload}: CPU per item over jitney without them`,
    figure: 'ratio',
    unit: 'ns',
    comparisons: [
      comparison('a weight', 'jitney-weight', 'plain'),
      comparison('a key', 'jitney-key', 'plain'),
      comparison('a priority', 'jitney', 'with-priority'),
      comparison('all three', 'jitney-weight-and-key', 'with-priority'),
    ],
  }
}

export const closedLoopOptions = withOptions('closed-loop')
export const burstOptions = withOptions('burst')
