const measurement = (contestant) => ({ workload: 'lone-item', contestant, caller: 'plain' })

/** @type {import('../harness/types.js').Scenario} */
export const loneItem = {
  name: 'lone-item',
  title: 'A lone item on an idle batcher: latency added to a direct call',
  figure: 'added',
  unit: 'ms',
  comparisons: ['jitney', 'dataloader', 'batshit', 'pacer', 'promise-batcher'].map(
    (contestant) => ({
      name: contestant,
      contestant: measurement(contestant),
      reference: measurement('direct'),
      budget: contestant === 'jitney' ? 0.2 : undefined,
    }),
  ),
}
