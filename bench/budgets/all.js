import { adaptive } from './adaptive.js'
import {
  anyBound,
  iterateHeap,
  iteratePeak,
  iteratePromises,
  iterateTurns,
  limitAtOnce,
  limitInLoop,
  limitPeak,
  mapPromises,
  mapTurns,
} from './bounded.js'
import { requests, requestsHeap } from './http.js'
import { inserts } from './inserts.js'
import { loaderAtOnce, loaderInLoop } from './loader.js'
import {
  alone,
  optionsAtOnce,
  optionsInLoop,
  processAtOnce,
  processInLoop,
  signalsAtOnce,
  signalsInLoop,
} from './process.js'
import { mapCommand, threadMessages, threads } from './programs.js'
import { redis, sqliteQueue } from './queues.js'
import {
  serviceAccessLog,
  serviceBesideFastApi,
  serviceFlood,
  serviceModel,
  serviceNoOp,
} from './service.js'
import { sizes } from './sizes.js'

/**
 * In the order in which they run and are printed.
 *
 * @type {readonly { section: string, budgets: readonly import('../table/types.js').Budget[] }[]}
 */
export const sections = [
  {
    section: 'Batching',
    budgets: [
      processInLoop,
      processAtOnce,
      signalsInLoop,
      signalsAtOnce,
      optionsInLoop,
      optionsAtOnce,
      alone,
      adaptive,
      loaderInLoop,
      loaderAtOnce,
    ],
  },
  {
    section: 'Bounded concurrency',
    budgets: [
      mapPromises,
      mapTurns,
      iterateTurns,
      iteratePromises,
      iteratePeak,
      iterateHeap,
      anyBound,
      limitInLoop,
      limitAtOnce,
      limitPeak,
      requests,
      requestsHeap,
    ],
  },
  {
    section: 'Service',
    budgets: [serviceNoOp, serviceAccessLog, serviceModel, serviceFlood, serviceBesideFastApi],
  },
  { section: 'Command and threads', budgets: [mapCommand, threads, threadMessages] },
  { section: 'Databases and queues', budgets: [inserts, sqliteQueue, redis] },
  { section: 'Size', budgets: [sizes] },
]
