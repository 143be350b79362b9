import { availableParallelism } from 'node:os'

import type { PartialStrykerOptions } from '@stryker-mutator/api/core'

const core = 'packages/jitney/src/{batcher,concurrency,policy,platform}'

/** Run from the root of the repository: npm run mutate. */
const options: PartialStrykerOptions = {
  mutate: [`${core}/**/*.ts`],
  ignorePatterns: ['/**', '!/packages/jitney/src/**', '!/packages/jitney/test/**'],
  plugins: ['./mutation/plugin.ts'],
  testRunner: 'in-process',
  checkerNodeArgs: ['--import', 'tsx'],
  testRunnerNodeArgs: ['--import', 'tsx', '--expose-gc'],
  // What a mutant leaves behind goes with its process.
  maxTestRunnerReuse: 150,
  coverageAnalysis: 'perTest',
  concurrency: Math.min(2, availableParallelism()),
  timeoutMS: 20_000,
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: '.scratch/mutation/report.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportScoreTable: true },
  tempDirName: '.scratch/mutation/sandbox',
  allowEmpty: true,
}
export default options
