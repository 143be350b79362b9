import { peers } from './peers.js'

const measurement = (contestant) => ({ workload: 'closed-loop', contestant, caller: 'plain' })

/** @type {import('../harness/types.js').Scenario} */
export const closedLoop = {
  name: 'closed-loop',
  title: '1000 callers in a closed loop, batches of 1000: CPU per item over the floor',
  figure: 'ratio',
  unit: 'ns',
  comparisons: ['jitney', ...peers].map((contestant) => ({
    name: contestant,
    contestant: measurement(contestant),
    reference: measurement('floor'),
    budget: contestant === 'jitney' ? 1.15 : undefined,
  })),
}
