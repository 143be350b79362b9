import { accessLog } from '../serve/access-log.js'
import { modelBesideFastApi } from '../serve/model-beside-fastapi.js'
import { flood, model } from '../serve/model.js'
import { noOp } from '../serve/no-op.js'
import { fromService } from '../table/from-service.js'

const bare = 'a bare Fastify server that does nothing'
const model11 = 'a model of 11 ms for one item and 13 ms for 200'

export const serviceNoOp = fromService('serve-no-op', noOp, {
  title: '`jitney serve`, no-op batch function, 256 connections',
  rows: {
    'requests per second over bare': { figure: 'requests per second over the floor', floor: bare },
    'requests per CPU second over bare': {
      figure: 'requests per second of CPU over the floor',
      floor: bare,
    },
    'CPU per request, microseconds': { figure: 'CPU per request', unit: 'us' },
  },
})

export const serviceAccessLog = fromService('serve-access-log', accessLog, {
  title: '`jitney serve --access-log`, no-op batch function, 256 connections',
  rows: {
    'CPU per request over none': {
      figure: 'CPU per request over the floor',
      floor: '`jitney serve` without the log',
    },
  },
})

export const serviceModel = fromService('serve-model', model, {
  title: `${model11}, 5,000 requests/s`,
  rows: {
    'share served': { figure: 'share served' },
    'p95, ms': { figure: '95th percentile of the latency', unit: 'ms' },
    'p50, ms': { figure: 'median latency', unit: 'ms' },
    errors: { figure: 'errors', unit: 'requests' },
  },
})

export const serviceFlood = fromService('serve-flood', flood, {
  title: `${model11}, 20,000 requests/s`,
  rows: {
    'served over the ideal': {
      figure: 'items served over the floor',
      floor: 'what the model could do by its own record',
    },
    'sent per second': { figure: 'what the generator could send', unit: 'requests/s' },
    'neither served nor refused': { figure: 'neither served nor refused', unit: 'requests' },
    'recovery, ms': { figure: 'time until all is answered after the load', unit: 'ms' },
  },
})

export const serviceBesideFastApi = fromService('serve-fastapi', modelBesideFastApi, {
  title: `${model11}, 256 connections in a closed loop`,
  rows: {
    'over FastAPI with a batcher': {
      figure: 'requests per second over the floor',
      floor: 'FastAPI with uvloop and a batcher like async-batcher',
    },
    'requests per second': {
      figure: 'requests per second',
      unit: 'requests/s',
      peers: ['FastAPI with a batcher', 'FastAPI without'],
    },
  },
})
