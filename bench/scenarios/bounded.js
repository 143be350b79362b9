import { missingPython } from '../harness/python.js'

/**
 * @param {string} workload
 * @param {Readonly<Record<string, number | string>>} parameters
 */
const measurements = (workload, parameters) => (contestant) => ({
  workload,
  contestant,
  parameters,
})

const queues = ['p-limit', 'p-queue', 'fastq']
const peers = ['p-map', ...queues, 'effect', 'node-stream', 'rxjs', 'async-map-limit']

/**
 * @param {readonly string[]} contestants
 * @param {(contestant: string) => import('../harness/types.js').Measurement} measurement
 * @param {string} reference
 * @param {Readonly<Record<string, number>>} budgets
 */
function over(contestants, measurement, reference, budgets) {
  return contestants.map((contestant) => ({
    name: contestant,
    contestant: measurement(contestant),
    reference: measurement(reference),
    budget: budgets[contestant],
  }))
}

/**
 * Python's way of bounding: a task for every item, each behind a semaphore.
 *
 * @param {readonly string[]} libraries
 * @param {Readonly<Record<string, number | string>>} parameters
 * @param {import('../harness/types.js').Measurement} reference
 */
function inPython(libraries, parameters, reference) {
  return libraries.map((library) => ({
    name: library,
    contestant: measurements('bounded-python', parameters)(library),
    reference,
    missing: () => missingPython(library),
  }))
}

/** @type {import('../harness/types.js').Scenario} */
export const mapPromise = {
  name: 'gather',
  title:
    '200,000 items of a generator, 100 in flight, promise-only tasks: CPU per item over the floor',
  figure: 'ratio',
  unit: 'ns',
  comparisons: [
    ...over(['map', ...peers], measurements('bounded', {}), 'map-floor', { map: 1.5 }),
    ...inPython(['asyncio', 'trio'], {}, measurements('bounded', {})('map-floor')),
  ],
}

/** @type {import('../harness/types.js').Scenario} */
export const mapTurn = {
  name: 'gather-turn',
  title: 'The same with tasks that end in a later turn (setImmediate)',
  figure: 'ratio',
  unit: 'ns',
  comparisons: over(['map', ...peers], measurements('bounded', { task: 'turn' }), 'map-floor', {
    map: 1.5,
  }),
}

/** @type {import('../harness/types.js').Scenario} */
export const mapMemory = {
  name: 'gather-memory',
  title: 'Memory of the same, with the results: megabytes at most, more than the floor',
  figure: 'added',
  unit: 'MB',
  comparisons: over(
    ['map', ...peers],
    measurements('bounded-memory', { task: 'turn' }),
    'map-floor',
    {},
  ),
}

const iterating = ['as-completed', 'map-iterable', 'p-map-iterable']

/** @type {import('../harness/types.js').Scenario} */
export const iterateTurn = {
  name: 'iterate-turn',
  title:
    'Results one by one, 200,000 items, 100 in flight, setImmediate: CPU per item over the floor',
  figure: 'ratio',
  unit: 'ns',
  comparisons: over(iterating, measurements('bounded', { task: 'turn' }), 'iterate-floor', {
    'as-completed': 1.5,
    'map-iterable': 1.5,
  }),
}

/** @type {import('../harness/types.js').Scenario} */
export const iteratePromise = {
  name: 'iterate',
  title: 'The same with promise-only tasks',
  figure: 'ratio',
  unit: 'ns',
  comparisons: over(iterating, measurements('bounded', {}), 'iterate-floor', {}),
}

const million = { items: 1_000_000, concurrency: 1000, task: 'turn' }

/** @type {import('../harness/types.js').Scenario} */
export const iterateMemory = {
  name: 'iterate-memory',
  title: '1,000,000 items, 1000 in flight: megabytes at the peak, more than the floor',
  figure: 'added',
  unit: 'MB',
  comparisons: [
    ...over(
      ['as-completed', 'map-iterable'],
      measurements('bounded-memory', million),
      'iterate-floor',
      { 'as-completed': 10, 'map-iterable': 10 },
    ),
    // Not trio: it would take 4 GB.
    ...inPython(
      ['asyncio'],
      { items: 1_000_000, concurrency: 1000, figure: 'peak' },
      measurements('bounded-memory', million)('iterate-floor'),
    ),
  ],
}

/** @type {import('../harness/types.js').Scenario} */
export const iterateHeld = {
  name: 'iterate-held',
  title:
    'Heap after a collection at the end of 1,000,000 items, 1000 in flight: more than of 10,000',
  figure: 'added',
  unit: 'MB',
  comparisons: ['as-completed', 'map-iterable'].map((contestant) => ({
    name: contestant,
    contestant: measurements('bounded-memory', { ...million, figure: 'held' })(contestant),
    reference: measurements('bounded-memory', { ...million, items: 10_000, figure: 'held' })(
      contestant,
    ),
    budget: 2,
  })),
}

/** @type {import('../harness/types.js').Scenario} */
export const boundCost = {
  name: 'bound-cost',
  title: '1,000,000 items, 10,000 in flight over 10, promise-only tasks: CPU per item',
  figure: 'ratio',
  unit: 'ns',
  comparisons: ['map', 'as-completed', 'map-iterable', 'map-floor', 'iterate-floor'].map(
    (contestant) => ({
      name: contestant,
      contestant: measurements('bounded', { items: 1_000_000, concurrency: 10_000 })(contestant),
      reference: measurements('bounded', { items: 1_000_000, concurrency: 10 })(contestant),
      budget: contestant.endsWith('-floor') ? undefined : 1.3,
    }),
  ),
}

/** @type {import('../harness/types.js').Scenario} */
export const limitLoop = {
  name: 'limit-loop',
  title: "limit(100), 1000 callers in a closed loop: CPU per call over map's floor",
  figure: 'ratio',
  unit: 'ns',
  comparisons: ['limit', ...queues].map((contestant) => ({
    name: contestant,
    contestant: { workload: 'limit-loop', contestant },
    reference: measurements('bounded', {})('map-floor'),
    budget: contestant === 'limit' ? 5 : undefined,
  })),
}

/** @type {import('../harness/types.js').Scenario} */
export const limitBurst = {
  name: 'limit-burst',
  title: 'limit(100), a burst of 200,000: CPU per call over p-limit',
  figure: 'ratio',
  unit: 'ns',
  comparisons: over(['limit', 'p-queue', 'fastq'], measurements('bounded', {}), 'p-limit', {
    limit: 0.5,
  }),
}

/** @type {import('../harness/types.js').Scenario} */
export const limitMemory = {
  name: 'limit-memory',
  title: 'Memory of the same: the growth at most, over that of p-limit',
  figure: 'ratio',
  unit: 'MB',
  comparisons: over(['limit', 'p-queue', 'fastq'], measurements('bounded-memory', {}), 'p-limit', {
    limit: 0.5,
  }),
}
