import {
  boundCost,
  iterateHeld,
  iterateMemory,
  iteratePromise,
  iterateTurn,
  limitBurst,
  limitLoop,
  limitMemory,
  mapMemory,
  mapPromise,
  mapTurn,
} from './bounded.js'
import { burst } from './burst.js'
import { closedLoop } from './closed-loop.js'
import { command, commandMemory } from './command.js'
import { http, httpMemory } from './http.js'
import { keys } from './keys.js'
import { loaderBurst, loaderClosedLoop } from './loader.js'
import { loneItem } from './lone-item.js'
import { burstOptions, closedLoopOptions } from './options.js'
import { queueLength } from './queue-length.js'
import { burstSignals, closedLoopSignals } from './signals.js'
import { threadsMessages, threadsScaling } from './threads.js'

/** In the order in which they run and are printed. */
export const scenarios = [
  closedLoop,
  burst,
  closedLoopSignals,
  burstSignals,
  closedLoopOptions,
  burstOptions,
  loneItem,
  queueLength,
  keys,
  loaderClosedLoop,
  loaderBurst,
  mapPromise,
  mapTurn,
  mapMemory,
  iterateTurn,
  iteratePromise,
  iterateMemory,
  iterateHeld,
  boundCost,
  limitLoop,
  limitBurst,
  limitMemory,
  http,
  httpMemory,
  command,
  commandMemory,
  threadsScaling,
  threadsMessages,
]
