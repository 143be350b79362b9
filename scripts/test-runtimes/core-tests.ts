import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { findFiles } from '../find-files.ts'
import type { Runtime } from './nodes.ts'

/** Masses, models and memory say nothing of a runtime, and take minutes. */
const heavy = /masses|chaos|memory|model|window|pace/
const files = ['batcher', 'concurrency']
  .flatMap((folder) => findFiles(join('packages/jitney/test', folder), '.test.ts'))
  .filter((file) => !heavy.test(file))

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
}

/** Runs the core's own tests, from source, and tells how many passed. */
export function runCoreTests(runtime: Runtime): { passed: number; failed: number } {
  const [program = '', ...parameters] = runtime.command
  const report = `.scratch/${runtime.name.replaceAll(' ', '-')}.json`
  mkdirSync('.scratch', { recursive: true })
  const { without } = runtime
  const pattern = without === undefined ? [] : ['-t', `^(?!.*(${without.titles.join('|')}))`]
  const reporters = ['--reporter=json', `--outputFile=${report}`]
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...pattern, ...files]
  spawnSync(program, [...parameters, ...vitest], { stdio: ['ignore', 'ignore', 'inherit'] })
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(
    readFileSync(report, 'utf8'),
  ) as Report
  return { passed, failed }
}
