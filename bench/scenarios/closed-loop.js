import { missingPython } from '../harness/python.js'
import { peers } from './peers.js'

const measurement = (contestant) => ({ workload: 'closed-loop', contestant, caller: 'plain' })

/** @type {import('../harness/types.js').Scenario} */
export const closedLoop = {
  name: 'closed-loop',
  title: '1000 callers in a closed loop, batches of 1000: CPU per item over the floor',
  figure: 'ratio',
  unit: 'ns',
  comparisons: [
    ...['jitney', ...peers].map((contestant) => ({
      name: contestant,
      contestant: measurement(contestant),
      reference: measurement('floor'),
      budget: contestant === 'jitney' ? 1.15 : undefined,
    })),
    {
      name: 'asyncio',
      contestant: { workload: 'closed-loop-python', contestant: 'asyncio' },
      reference: measurement('floor'),
      missing: () => missingPython('asyncio'),
    },
  ],
}
