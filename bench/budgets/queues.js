import { clientsFolder, missingClients, noServer } from '../harness/clients.js'
import { runTypescript } from '../harness/run-typescript.js'
import { skippedRow } from '../table/skipped-row.js'
import { figuresOf } from '../table/figures.js'

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
    return measured.map((one) => ({
      what: `\`jitney/redis\`, two clients and a worker, ${one.outstanding} items out at each client, fsync ${one.fsync}`,
      figure: 'items per second',
      unit: 'items/s',
      ours: { name: 'jitney/redis', figures: figuresOf([one['items/s']]) },
      verdict: 'reported only',
      note: `latency ${one['p50 ms']} ms, 99th percentile ${one['p99 ms']} ms, mean batch ${one['mean batch']}`,
    }))
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
