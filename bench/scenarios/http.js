import { missingPython } from '../harness/python.js'

/** @type {import('../harness/types.js').Scenario} */
export const http = requesting(
  10_000,
  '10,000 HTTP requests, 1000 at a time, answered after 0-3 s: wall time over the ideal',
)

/** @type {import('../harness/types.js').Scenario} */
export const httpShort = requesting(3000, '3,000 requests')

/**
 * @param {number} items
 * @param {string} title
 * @returns {import('../harness/types.js').Scenario}
 */
function requesting(items, title) {
  const reference = { workload: 'http', contestant: 'map', parameters: { items, figure: 'ideal' } }
  const inPython = (name, library) => ({
    name,
    contestant: { workload: 'http-python', contestant: library, parameters: { items } },
    reference,
    missing: () => missingPython(library),
  })
  return {
    name: 'http',
    title,
    figure: 'ratio',
    unit: 'ms',
    onRequest: true,
    comparisons: [
      ...['map', 'as-completed', 'p-map', 'p-limit'].map((contestant) => ({
        name: contestant,
        contestant: { workload: 'http', contestant, parameters: { items } },
        reference,
        budget: contestant === 'map' || contestant === 'as-completed' ? 1.05 : undefined,
      })),
      inPython('asyncio with aiohttp', 'aiohttp'),
      inPython('trio', 'trio'),
    ],
  }
}

/** @type {import('../harness/types.js').Scenario} */
export const httpMemory = requestingMuch(
  1_000_000,
  'Heap after a collection at the end of 1,000,000 HTTP requests: more than of 10,000',
)

/** @type {import('../harness/types.js').Scenario} */
export const httpMemoryShort = requestingMuch(100_000, '100,000 requests')

/**
 * @param {number} items
 * @param {string} title
 * @returns {import('../harness/types.js').Scenario}
 */
function requestingMuch(items, title) {
  const measurement = (count) => ({
    workload: 'http',
    contestant: 'as-completed',
    parameters: { longest: 0, figure: 'held', items: count },
  })
  return {
    name: 'http-memory',
    title,
    figure: 'added',
    unit: 'MB',
    onRequest: true,
    comparisons: [
      {
        name: 'as-completed',
        contestant: measurement(items),
        reference: measurement(10_000),
        budget: 2,
      },
    ],
  }
}
