import { clientsFolder, missingClients, noServer } from '../harness/clients.js'
import { runTypescript } from '../harness/run-typescript.js'
import { skippedRow } from '../table/skipped-row.js'
import { atLeast, atMost, verdictOf } from '../table/bound.js'
import { figuresOf } from '../table/figures.js'

const titles = {
  'items/s': 'items per second',
  'mean batch': 'items a batch, of 100 at most',
  'p50 ms': 'median latency',
  'p99 ms': '99th percentile of the latency',
}

/**
 * What one load is held to: under many calls the rate, under few the wait of each.
 *
 * @returns {[figure: keyof typeof titles, unit: string, bound: import('../table/bound.js').Bound][]}
 */
function boundsOf({ outstanding, fsync }) {
  if (outstanding < 100) return [['p50 ms', 'ms', atMost(4)]]
  return [
    ['items/s', 'items/s', atLeast(fsync === 'always' ? 25_000 : 30_000)],
    ['mean batch', 'items', atLeast(80)],
    ['p99 ms', 'ms', atMost(60)],
  ]
}

/** @type {import('../table/types.js').Budget} */
export const redis = {
  name: 'redis',
  title: 'Items per second over Redis',
  missing: ({ quick }) => missingClients('redis', quick),
  async measure({ quick, report }) {
    report('redis')
    const measured = await runTypescript(clientsFolder('redis'), 'bench/run.ts', [
      quick ? '2' : '5',
    ])
    if (measured.length === 0) return [skippedRow(this.title, noServer)]
    const ours = measured.filter(({ engine }) => engine === 'jitney')
    return ours.flatMap((one) => {
      const { fsync, outstanding } = one
      const peer = measured.find(
        (other) =>
          other.engine === 'bullmq' && other.fsync === fsync && other.outstanding === outstanding,
      )
      const what = `\`jitney/redis\`, two clients and a worker, ${outstanding} items out at each client, fsync ${fsync}`
      return boundsOf(one).map(([figure, unit, bound]) => ({
        what,
        figure: titles[figure],
        unit,
        ours: { name: 'jitney/redis', figures: figuresOf([one[figure]]) },
        peers: [{ name: 'BullMQ', figures: figuresOf([peer[figure]]) }],
        budget: bound.text,
        verdict: verdictOf(bound, one[figure]),
      }))
    })
  },
}

/** @type {import('../table/types.js').Budget} */
export const sqliteQueue = {
  name: 'sqlite-queue',
  title: 'Items per second over a file of SQLite',
  missing: ({ quick }) => missingClients('sqlite', quick),
  async measure({ quick, report }) {
    report('sqlite-queue')
    const count = quick ? '20000' : '100000'
    const measured = await runTypescript(clientsFolder('sqlite'), 'benchmark.js', [count])
    return measured.map(({ what, rate }) => ({
      what: `\`jitney/sqlite\` with libsql, client, worker and file in one process, ${what}`,
      figure: 'items per second',
      unit: 'items/s',
      ours: { name: 'jitney/sqlite', figures: figuresOf([rate]) },
      verdict: 'reported only',
    }))
  },
}
