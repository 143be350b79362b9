import { median } from '../harness/statistics.js'
import { closedLoop } from './closed-loop.js'
import { startServer } from './start-server.js'

const connections = 256
const warmUp = 2000
/** Short, so that what else the machine does meets both alike. */
const slice = 400

/**
 * Two servers that run all the time and get the load in turns of less than half a second. Resolves to
 * medians: what the first does over the second, by requests per second and per CPU second, and its
 * milliseconds of CPU per request.
 *
 * @param {readonly [string, string]} names
 * @param {number} round
 * @param {number} milliseconds
 */
export async function inTurns(names, round, milliseconds) {
  const sides = await Promise.all(names.map((name) => startServer(name)))
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
    costs.push(cpu[0])
  }
  for (const side of sides) await side.stop()
  return {
    rateRatio: median(rateRatios),
    costRatio: median(costRatios),
    cost: median(costs),
  }
}
