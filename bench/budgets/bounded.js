import {
  boundCost,
  iterateHeld,
  iterateMemory,
  iteratePromise,
  iterateTurn,
  limitBurst,
  limitLoop,
  limitMemory,
  mapPromise,
  mapTurn,
} from '../scenarios/bounded.js'
import { fromScenario } from '../table/from-scenario.js'

const overFloor = 'CPU per item over the floor'
const loops = 'as many loops, sharing an iterator'
const iterator = 'the same under a bare asynchronous iterator'
const hundred = '200,000 items, 100 in flight'
const million = '1,000,000 items, 1000 in flight'

export const mapPromises = fromScenario(mapPromise, {
  figure: overFloor,
  floor: loops,
  ours: { map: `\`map\`, ${hundred}, promise-only tasks` },
})

export const mapTurns = fromScenario(mapTurn, {
  figure: overFloor,
  floor: loops,
  ours: { map: `\`map\`, ${hundred}, \`setImmediate\` tasks` },
})

export const iterateTurns = fromScenario(iterateTurn, {
  figure: overFloor,
  floor: iterator,
  ours: iterating(`${hundred}, \`setImmediate\` tasks`),
})

export const iteratePromises = fromScenario(iteratePromise, {
  figure: overFloor,
  floor: iterator,
  ours: iterating(`${hundred}, promise-only tasks`),
})

export const iteratePeak = fromScenario(iterateMemory, {
  figure: 'peak memory, more than the floor',
  floor: iterator,
  ours: iterating(million),
})

export const iterateHeap = fromScenario(iterateHeld, {
  figure: 'heap after collection, more than with 10,000 items',
  floor: '10,000 items',
  ours: iterating(million),
})

export const anyBound = fromScenario(boundCost, {
  figure: 'CPU per item, 10,000 in flight over 10',
  floor: '10 in flight',
  ours: {
    map: '`map`, 1,000,000 items',
    'as-completed': '`asCompleted`, 1,000,000 items',
    'map-iterable': '`mapIterable`, 1,000,000 items',
  },
})

export const limitInLoop = fromScenario(limitLoop, {
  figure: "CPU per call over map's floor",
  floor: loops,
  ours: { limit: '`limit(100)`, 1000 callers in a closed loop' },
})

export const limitAtOnce = fromScenario(limitBurst, {
  figure: 'CPU per call over p-limit',
  floor: 'p-limit',
  ours: { limit: '`limit(100)`, a burst of 200,000' },
})

export const limitPeak = fromScenario(limitMemory, {
  figure: 'peak memory over p-limit',
  floor: 'p-limit',
  ours: { limit: '`limit(100)`, a burst of 200,000' },
})

function iterating(how) {
  return { 'as-completed': `\`asCompleted\`, ${how}`, 'map-iterable': `\`mapIterable\`, ${how}` }
}
