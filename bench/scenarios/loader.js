/**
 * `jitney/dataloader` against the package it stands in for.
 *
 * @param {'closed-loop' | 'burst'} workload
 * @returns {import('../harness/types.js').Scenario}
 */
function loads(workload) {
  const comparison = (name, suffix) => ({
    name,
    contestant: { workload, contestant: `jitney-dataloader${suffix}`, caller: 'plain' },
    reference: { workload, contestant: `dataloader${suffix}`, caller: 'plain' },
    budget: 1,
  })
  return {
    name: `loader-${workload}`,
    title: `jitney/dataloader, ${workload}: CPU per item over DataLoader`,
    figure: 'ratio',
    unit: 'ns',
    comparisons: [
      comparison('no cache', ''),
      comparison('cache', '-cache'),
      comparison('each key twice', '-hits'),
    ],
  }
}

export const loaderClosedLoop = loads('closed-loop')
export const loaderBurst = loads('burst')
