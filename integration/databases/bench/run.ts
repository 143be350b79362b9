/**
 * Rows through the batcher and in batches written by hand: `npm run bench`, with `--rows 100000`,
 * `--rounds 5`, `--connections 1`, `--seconds 1` of processor time for warming up and as many for
 * measuring, `--peers`, and names of databases, if not all. Both sides send batches of 1000 over as
 * many connections.
 *
 * Each way has a process of its own, so that none warms up or spoils another's code; in each round
 * another one comes first, and its ratio is to the batches by hand of that round. Rows come from
 * callers in loops, through `map`, or all at once, where each has a promise before the first is
 * stored. With `--peers`, in every third round also from a `Batcher` around the statement written by
 * hand, and around nothing: what the promises cost.
 *
 * Work is the CPU time of a process and of the server's: others that use the machine count least
 * there. The collector has one thread, as helpers of it wait for each other on a busy machine, and is
 * never forced, which would make the heap small. As JSON to the file `RESULTS`, where it is set.
 */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'

import { installServices } from '../../services.ts'
import { hasServer, startServer } from '../server.ts'
import type { Cost } from './cost.ts'
import { type DatabaseName, databases } from './databases.ts'
import type { Measurement } from './measurement.ts'
import type { WayName } from './ways.ts'

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '1' },
    peers: { type: 'boolean', default: false },
  },
})
const count = Number(flags.rows)
const rounds = Number(flags.rounds)
const connections = Number(flags.connections)
const seconds = Number(flags.seconds)

const hand = 'by hand'
const ours: readonly WayName[] = [
  'insertBatcher, callers in loops',
  'insertBatcher, map',
  'insertBatcher, all at once',
]
const peers: readonly WayName[] = [
  'Batcher by hand, callers in loops',
  'Batcher by hand, all at once',
  'Batcher of nothing, callers in loops',
  'Batcher of nothing, all at once',
]

/** A round without peers is a third of the time. */
function waysOf(round: number): readonly WayName[] {
  return [hand, ...ours, ...(flags.peers && round % 3 === 0 ? peers : [])]
}

const execute = promisify(execFile)
const child = join(import.meta.dirname, 'child.ts')

async function measured(measurement: Measurement): Promise<Cost> {
  const parameters = ['--single-threaded-gc', '--import=tsx', child, JSON.stringify(measurement)]
  const { stdout } = await execute(process.execPath, parameters, {
    cwd: join(import.meta.dirname, '..'),
  })
  return JSON.parse(stdout) as Cost
}

interface Compared {
  readonly database: string
  /** Rows per second of batches by hand. */
  readonly byHand: number
  /** Rows per second over batches by hand, round by round. */
  readonly ways: Readonly<Record<string, readonly number[]>>
}

async function compare(database: DatabaseName, port: number): Promise<Compared> {
  const place = { database, port, connections, seconds }
  const alone = await measured({ ...place, way: 'one by one', count: 2000 })
  console.log(
    `${database}: one by one ${rate(alone)} rows/s\n` +
      `${''.padEnd(38)}rows/s  ratio  by work  ns of client, of server`,
  )
  const costs = new Map<WayName, Cost[]>()
  for (let round = 0; round < rounds; round += 1) {
    const ways = waysOf(round)
    for (const turn of ways.keys()) {
      const way = ways[(turn + round) % ways.length]!
      const cost = await measured({ ...place, way, count })
      const known = costs.get(way) ?? []
      // Peers miss rounds.
      known[round] = cost
      costs.set(way, known)
    }
  }
  const handCosts = costs.get(hand)!
  const ratiosOf = (way: WayName, of: (cost: Cost) => number): number[] =>
    costs.get(way)!.flatMap((cost, round) => of(handCosts[round]!) / of(cost))
  for (const way of waysOf(0)) {
    const cost = middle(costs.get(way)!.flat())
    const time = median(ratiosOf(way, (one) => one.time)).toFixed(2)
    const work = median(ratiosOf(way, ({ client, server }) => client + server)).toFixed(2)
    const [client, server] = [cost.client, cost.server].map((one) =>
      String(Math.round(one * 1e9)).padStart(6),
    )
    console.log(`${way.padEnd(36)}${rate(cost)}   ${time}     ${work}  ${client}  ${server}`)
  }
  return {
    database,
    byHand: 1 / middle(handCosts).time,
    ways: Object.fromEntries(waysOf(0).map((way) => [way, ratiosOf(way, ({ time }) => time)])),
  }
}

/** The medians of each part. */
function middle(costs: readonly Cost[]): Cost {
  return {
    client: median(costs.map(({ client }) => client)),
    server: median(costs.map(({ server }) => server)),
    time: median(costs.map(({ time }) => time)),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const half = (sorted.length - 1) / 2
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2
}

function rate({ time }: Cost): string {
  return String(Math.round(1 / time)).padStart(8)
}

const unknown = names.filter((name) => !(name in databases))
if (unknown.length > 0) {
  throw new RangeError(
    `Cannot measure ${unknown.join(', ')}: there is ${Object.keys(databases).join(', ')}`,
  )
}
installServices(['mariadb-server', 'postgresql'])
const results: Compared[] = []
for (const [name, database] of Object.entries(databases)) {
  if (names.length > 0 && !names.includes(name)) continue
  const kind = 'server' in database ? database.server : undefined
  if (kind !== undefined && !hasServer(kind)) continue
  const server = kind && (await startServer(kind()))
  results.push(await compare(name as DatabaseName, server?.port ?? 0))
  await server?.end()
}
const { RESULTS: file } = process.env
if (file !== undefined) writeFileSync(file, JSON.stringify(results))
