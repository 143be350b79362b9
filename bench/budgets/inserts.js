import { clientsFolder, missingClients, noServer } from '../harness/clients.js'
import { runTypescript } from '../harness/run-typescript.js'
import { atLeast, verdictOf } from '../table/bound.js'
import { figuresOf } from '../table/figures.js'
import { skippedRow } from '../table/skipped-row.js'

/** Servers, and SQLite in the process; PGlite, which compiles PostgreSQL into it, has no budget. */
const bounds = { SQLite: atLeast(0.75), PostgreSQL: atLeast(0.9), MariaDB: atLeast(0.9) }

/** @type {import('../table/types.js').Budget} */
export const inserts = {
  name: 'inserts',
  title: 'Inserts through the batcher over hand-written batches',
  missing: ({ quick }) => missingClients('databases', quick),
  async measure({ quick, rounds, report }) {
    report('inserts')
    const databases = await runTypescript(
      clientsFolder('databases'),
      'bench/run.ts',
      quick
        ? ['--rows', '10000', '--rounds', '1', '--seconds', '0.5']
        : ['--rounds', String(rounds), '--peers'],
    )
    const missing = Object.keys(bounds)
      .filter((name) => databases.every(({ database }) => database !== name))
      .map((name) => skippedRow(`inserts into ${name}`, noServer))
    const measured = databases.flatMap(({ database, byHand, ways }) =>
      Object.entries(ways)
        .filter(([way]) => way.startsWith('insertBatcher'))
        .map(([way, ratios]) => {
          const figures = figuresOf(ratios)
          const plain = way.replace('insertBatcher', 'Batcher by hand')
          return {
            what: `inserts into ${database}: ${way.replace('insertBatcher, ', '')}`,
            figure: 'rows per second over batches written by hand',
            unit: '',
            floor: { what: 'batches by hand', cost: { value: byHand, unit: 'rows/s' } },
            ours: { name: 'insertBatcher', figures },
            peers:
              plain in ways ? [{ name: 'plain Batcher', figures: figuresOf(ways[plain]) }] : [],
            ...(bounds[database] && { budget: bounds[database].text }),
            verdict: verdictOf(bounds[database], figures.median),
          }
        }),
    )
    return [...measured, ...missing]
  },
}
