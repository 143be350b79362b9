import { burst } from '../scenarios/burst.js'
import { closedLoop } from '../scenarios/closed-loop.js'
import { loneItem } from '../scenarios/lone-item.js'
import { burstOptions, closedLoopOptions } from '../scenarios/options.js'
import { burstSignals, closedLoopSignals } from '../scenarios/signals.js'
import { fromScenario } from '../table/from-scenario.js'

const overFloor = 'CPU per item over the floor'
const overPlain = 'CPU per item over jitney without'
const floor = 'two arrays and a promise per item'

const inLoop = '1000 callers in a closed loop, batches of 1000'
const atOnce = '100,000 items in one turn, no bound'

export const processInLoop = fromScenario(closedLoop, {
  figure: overFloor,
  floor,
  ours: { jitney: `\`process\`, ${inLoop}` },
})

export const processAtOnce = fromScenario(burst, {
  figure: overFloor,
  floor,
  ours: { jitney: `\`process\`, ${atOnce}` },
})

export const signalsInLoop = signals(closedLoopSignals, 'closed loop')
export const signalsAtOnce = signals(burstSignals, 'burst')
export const optionsInLoop = options(closedLoopOptions, 'closed loop')
export const optionsAtOnce = options(burstOptions, 'burst')

export const alone = fromScenario(loneItem, {
  figure: 'latency added to a direct call',
  floor: 'a direct call',
  ours: { jitney: 'a lone item on an idle batcher' },
})

function signals(scenario, shape) {
  return fromScenario(scenario, {
    figure: overPlain,
    floor: {
      'one signal for all, over none': 'no signal',
      'a signal each, over one listener each': 'a signal, a listener added and removed',
    },
    ours: {
      'one signal for all, over none': `one signal for all callers, ${shape}`,
      'a signal each, over one listener each': `a signal for each caller, ${shape}`,
    },
  })
}

function options(scenario, shape) {
  return fromScenario(scenario, {
    figure: overPlain,
    floor: 'no option',
    ours: {
      'a weight': `a weight for each item, ${shape}`,
      'a key': `a key for each item, ${shape}`,
      'a priority': `a priority for each item, ${shape}`,
      'all three': `weight, key and priority, ${shape}`,
    },
  })
}
