import { peers } from './peers.js'

const measurement = (contestant) => ({ workload: 'burst', contestant, caller: 'plain' })

/** @type {import('../harness/types.js').Scenario} */
export const burst = {
  name: 'burst',
  title: '100,000 items in one turn, batches of 1000, no bound: CPU per item over the floor',
  figure: 'ratio',
  unit: 'ns',
  comparisons: ['jitney', ...peers].map((contestant) => ({
    name: contestant,
    contestant: measurement(contestant),
    reference: measurement('floor'),
    budget: contestant === 'jitney' ? 1.25 : undefined,
  })),
}
