import { missingPython } from '../harness/python.js'
import { atLeast } from '../table/bound.js'
import { closedLoop } from './closed-loop.js'
import { startServer } from './start-server.js'

const connections = 256
const warmUp = 1500

/** The model of `model.js` in a closed loop, beside the same one behind FastAPI. One runs at a time. */
export const modelBesideFastApi = {
  budgets: { 'over FastAPI with a batcher': atLeast(2) },
  missing: () =>
    ['fastapi', 'uvicorn', 'uvloop'].map((module) => missingPython(module)).find(Boolean),
  async measure(round, milliseconds) {
    const names = ['model', 'fastapi-batched', 'fastapi']
    const rates = {}
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      rates[name] = await rateOf(name, milliseconds / 2)
    }
    return {
      'requests per second': rates.model,
      'FastAPI with a batcher': rates['fastapi-batched'],
      'FastAPI without': rates.fastapi,
      'over FastAPI with a batcher': rates.model / rates['fastapi-batched'],
    }
  },
}

async function rateOf(name, milliseconds) {
  const server = await startServer(name)
  const load = { port: server.port, path: '/run', connections }
  await closedLoop({ ...load, milliseconds: warmUp })
  // FastAPI works on for connections that are closed: this one comes after all of them.
  await fetch(`http://127.0.0.1:${server.port}/run`, { method: 'POST', body: '42' })
  const rate = await closedLoop({ ...load, milliseconds })
  await server.stop()
  return rate
}
