import { median } from '../harness/statistics.js'
import { atLeast } from './budget.js'
import { closedLoop } from './closed-loop.js'
import { startServer } from './start-server.js'

const connections = 256
const warmUp = 2000
/** Short, so that what else the machine does meets both alike. */
const slice = 400

/**
 * A batch function that does nothing, over a bare Fastify server: both run all the time, and get the
 * load in turns of less than half a second.
 */
export const noOp = {
  budgets: { 'requests per second over bare': atLeast(0.7) },
  async measure(round, milliseconds) {
    const sides = await Promise.all(['no-op', 'bare-fastify'].map((name) => startServer(name)))
    const load = ({ port }, duration) =>
      closedLoop({ port, path: '/run', connections, milliseconds: duration })
    for (const side of sides) await load(side, warmUp)
    const rateRatios = []
    const costRatios = []
    const costs = []
    for (let turn = 0; turn * slice * 2 < milliseconds; turn++) {
      const rates = []
      const cpu = []
      for (const index of (turn + round) % 2 === 0 ? [0, 1] : [1, 0]) {
        const before = sides[index].cpuTime()
        rates[index] = await load(sides[index], slice)
        cpu[index] = (sides[index].cpuTime() - before) / ((rates[index] * slice) / 1000)
      }
      rateRatios.push(rates[0] / rates[1])
      costRatios.push(cpu[1] / cpu[0])
      costs.push(cpu[0] * 1000)
    }
    for (const side of sides) await side.stop()
    return {
      'requests per second over bare': median(rateRatios),
      'requests per CPU second over bare': median(costRatios),
      'CPU per request, microseconds': median(costs),
    }
  },
}
