/** One way into one database, in a process of its own. Prints what a row costs, as JSON. */
import { rowsOf } from './contest.ts'
import { databases } from './databases.ts'
import { type Cost, costOf } from './cost.ts'
import type { Measurement } from './measurement.ts'
import { ways } from './ways.ts'

const measurement = JSON.parse(process.argv[2]!) as Measurement
const { database, way, count, port, connections, seconds } = measurement
const contest = await databases[database].begin({ port, connections })
const rows = rowsOf(count)
const store = ways[way]({ contest, rows, connections })

/** Stores all rows over and over until so much time is used. */
async function storeAll(): Promise<readonly Cost[]> {
  const costs: Cost[] = []
  for (let used = 0; used < seconds;) {
    await contest.clear()
    const cost = await costOf(contest.processes, store)
    used += cost.client
    costs.push(cost)
  }
  return costs
}

await storeAll()
const costs = await storeAll()
// Not their median: what collections of garbage cost belongs to all.
const perRow = (of: (cost: Cost) => number): number =>
  costs.reduce((sum, cost) => sum + of(cost), 0) / (costs.length * count)
await contest.end()
const cost: Cost = {
  client: perRow(({ client }) => client),
  server: perRow(({ server }) => server),
  time: perRow(({ time }) => time),
}
console.log(JSON.stringify(cost))
