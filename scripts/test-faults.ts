/**
 * The fault runs, one after the other: two minutes of `jitney serve` under mixed load, 60,000 items over
 * a Redis whose clients, workers, wires and server fail, and histories of lost calls drawn by lot. With
 * `--quick` a short form of each. Needs `npm --prefix integration/redis ci` and a redis-server, which
 * `JITNEY_SERVICES=install` installs.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const quick = values.quick
const tsx = ['node', '--conditions=jitney:source', '--import=tsx']

const runs: readonly (readonly string[])[] = [
  [...tsx, 'scripts/serve-fault-run.ts', quick ? '10' : '120'],
  [...tsx, 'integration/redis/faults/run.ts', '--items', quick ? '6000' : '60000'],
  ...['no file', 'early answers', 'no dedupe'].map((control) => [
    ...tsx,
    'integration/redis/faults/run.ts',
    '--items',
    '4000',
    '--control',
    control,
  ]),
  ['npx', 'vitest', 'run', 'packages/jitney/test/remote/faults.test.ts'],
]

let failed = 0
for (const [command = '', ...parameters] of runs) {
  console.log(`\n> ${[command, ...parameters].join(' ')}`)
  const { status } = spawnSync(command, parameters, {
    stdio: 'inherit',
    env: { ...process.env, FAULT_RUNS: quick ? '50' : '1000' },
  })
  if (status !== 0) failed += 1
}
console.log(`\n${runs.length - failed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
