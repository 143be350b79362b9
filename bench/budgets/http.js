import { http, httpMemory, httpMemoryShort, httpShort } from '../scenarios/http.js'
import { fromScenario } from '../table/from-scenario.js'

export const requests = fromScenario(http, {
  figure: 'wall time over the ideal of these delays',
  floor: 'nothing but the delays',
  ours: {
    map: '`map`, 10,000 HTTP requests, 1000 at a time, answered after 0 to 3 s',
    'as-completed': '`asCompleted`, 10,000 HTTP requests, 1000 at a time, answered after 0 to 3 s',
  },
  mostRounds: 2,
  short: httpShort,
})

export const requestsHeap = fromScenario(httpMemory, {
  figure: 'heap after collection, more than with 10,000 requests',
  floor: '10,000 requests',
  ours: { 'as-completed': '`asCompleted`, 1,000,000 HTTP requests, 1000 at a time' },
  mostRounds: 1,
  short: httpMemoryShort,
})
