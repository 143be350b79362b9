import { atLeast, atMost } from '../table/bound.js'
import { openLoop } from './open-loop.js'
import { startServer } from './start-server.js'

const load = { path: '/run', connections: 512, mostConnections: 4000 }

/** 11 ms for one item, 13 ms for 200, at a rate that it can serve. */
export const model = {
  budgets: {
    'share served': atLeast(0.99),
    'p95, ms': atMost(40),
    errors: atMost(0),
  },
  async measure(_round, milliseconds) {
    const { seen, record } = await underLoad(5000, milliseconds)
    return {
      'share served': seen.served / seen.offered,
      'p50, ms': seen.latency?.p50 ?? Infinity,
      'p95, ms': seen.latency?.p95 ?? Infinity,
      'p99, ms': seen.latency?.p99 ?? Infinity,
      errors: seen.offered - seen.served + seen.wrong,
      'p95 of sending late, ms': seen.lateness?.p95 ?? 0,
      'batch size': record.items / record.batches,
      'model, times slower than it should': record.took / record.shouldTake,
    }
  },
}

/** The same at a rate that it cannot serve. */
export const flood = {
  budgets: {
    'served over the ideal': atLeast(0.95),
    'neither served nor refused': atMost(0),
    'recovery, ms': atMost(1000),
  },
  async measure(_round, milliseconds) {
    const { seen, record, recovery } = await underLoad(20_000, milliseconds)
    return {
      'served over the ideal': seen.servedInTime / ((record.items / record.took) * milliseconds),
      'share served': seen.served / seen.offered,
      'neither served nor refused':
        seen.offered - (seen.statuses[200] ?? 0) - (seen.statuses[503] ?? 0) + seen.wrong,
      'recovery, ms': recovery,
      'sent per second': (seen.sentInTime / milliseconds) * 1000,
      'p95 of those served, ms': seen.latency?.p95 ?? Infinity,
      'p95 of sending late, ms': seen.lateness?.p95 ?? 0,
      'batch size': record.items / record.batches,
      'model, times slower than it should': record.took / record.shouldTake,
    }
  },
}

/**
 * What the generator saw, what the model did meanwhile, and how long after the last request was due
 * the service had answered everything and served one more as if nothing had been.
 */
async function underLoad(rate, milliseconds) {
  const server = await startServer('model')
  const { port } = server
  await openLoop({ ...load, port, rate: 2000, milliseconds: 1500 })
  const before = await recorded(port)
  const seen = await openLoop({ ...load, port, rate, milliseconds })
  const since = performance.now()
  await fetch(`http://127.0.0.1:${port}/run`, { method: 'POST', body: '1' })
  const recovery = seen.drained + performance.now() - since
  const after = await recorded(port)
  const record = Object.fromEntries(
    Object.keys(after).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]),
  )
  const code = await server.stop()
  if (code !== 0) throw new Error(`Wrong end: jitney serve exited with ${code}`)
  return { seen, record, recovery }
}

async function recorded(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/recorded`, { method: 'POST', body: '1' })
  return /** @type {Record<string, number>} */ (await answer.json())
}
