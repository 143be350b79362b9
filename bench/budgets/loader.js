import { loaderBurst, loaderClosedLoop } from '../scenarios/loader.js'
import { fromScenario } from '../table/from-scenario.js'

export const loaderInLoop = loads(loaderClosedLoop, 'closed loop')
export const loaderAtOnce = loads(loaderBurst, 'burst')

function loads(scenario, shape) {
  return fromScenario(scenario, {
    figure: 'CPU per item over DataLoader',
    floor: 'DataLoader',
    ours: {
      'no cache': `\`jitney/dataloader\` without a cache, ${shape}`,
      cache: `\`jitney/dataloader\` with its cache, ${shape}`,
      'each key twice': `\`jitney/dataloader\`, each key twice, ${shape}`,
    },
  })
}
