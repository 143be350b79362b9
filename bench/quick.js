import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { runChild } from './harness/run-child.js'
import { summarize } from './harness/statistics.js'

/** Closed loop and burst of one build over the floor: node bench/quick.js PATH/TO/index.js [rounds] */
const [path = '../packages/jitney/dist/index.js', rounds = '5'] = process.argv.slice(2)
const candidates = [resolve(path), resolve(import.meta.dirname, path)]
const module = candidates.find((candidate) => existsSync(candidate))
if (module === undefined) {
  throw new Error(`Cannot measure ${path}: no file at ${candidates.join(' nor ')}`)
}
process.env.JITNEY_MODULE = module

const effort = { warmUpMilliseconds: 1000, measureMilliseconds: 700 }

for (const workload of ['closed-loop', 'burst']) {
  const ratios = []
  for (let round = 0; round < Number(rounds); round++) {
    const floor = await runChild({ workload, contestant: 'floor', caller: 'plain' }, effort)
    const jitney = await runChild({ workload, contestant: 'jitney', caller: 'plain' }, effort)
    ratios.push(jitney.typical / floor.typical)
  }
  const { median, smallest, largest } = summarize(ratios)
  console.log(
    `${workload}: ${median.toFixed(3)} (${smallest.toFixed(3)}-${largest.toFixed(3)}) times the floor`,
  )
}
