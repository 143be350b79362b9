import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { figuresOf } from '../table/figures.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const simulation = 'bench/dispatch/run.ts'
/** The policy as it runs, with what it learns; all cells of the grid. */
const judged = /^(?:exact, a and b learned, \d+ cells|closed loops|overload)/

/** @type {import('../table/types.js').Budget} */
export const adaptive = {
  name: 'adaptive',
  title: 'Latency under load, `adaptive`, over fixed windows in a simulation',
  missing: () => (existsSync(root + simulation) ? undefined : `no simulation: ${simulation}`),
  async measure({ quick, report }) {
    report('adaptive')
    const parameters = quick ? ['--quick'] : []
    await run(
      process.execPath,
      ['--conditions=jitney:source', '--import=tsx', simulation, ...parameters],
      { cwd: root, maxBuffer: 2 ** 26 },
    )
    const file = `${root}bench/results/dispatch-seed-1${quick ? '-quick' : ''}.json`
    const { report: gates } = JSON.parse(await readFile(file, 'utf8'))
    return gates
      .filter(({ title }) => judged.test(title))
      .flatMap(({ title, gates: some }) =>
        some.map(({ name, figure, allowed, passed }) => ({
          what: `adaptive dispatch, simulated, ${title.replace(/, a and b learned/, '')}`,
          figure: name,
          unit: '',
          ours: { name: 'Pacer', figures: figuresOf([figure]) },
          budget: allowed,
          verdict: passed ? 'met' : 'missed',
        })),
      )
  },
}
