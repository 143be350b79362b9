/**
 * The core on every runtime that is promised: its own tests where Vitest runs, a program of the packed
 * library everywhere, and the declarations with every TypeScript. With --write, docs/runtimes.md
 * becomes what it prints.
 */
import { writeFileSync } from 'node:fs'

import { runInChromium } from './browser.ts'
import { compileWithEach } from './compilers.ts'
import { runCoreTests } from './core-tests.ts'
import { others, runtimes, versionOf } from './nodes.ts'
import { type CaseResults, runProgram } from './run-program.ts'
import { makeUserFolder } from './user-folder.ts'

const lines: string[] = []
using folder = makeUserFolder()

tell('| runtime | version | tests of the core | cases on the packed library |')
tell('|---|---|---|---|')
for (const runtime of runtimes) {
  const { passed, failed } = runCoreTests(runtime)
  if (failed > 0 || passed === 0) process.exitCode = 1
  const cases = told(runProgram(runtime, folder.path))
  tell(`| ${runtime.name} | ${versionOf(runtime)} | ${counted(passed, failed)} | ${cases} |`)
}
for (const runtime of others) {
  const cases = told(runProgram(runtime, folder.path))
  tell(`| ${runtime.name} | ${versionOf(runtime)} | | ${cases} |`)
}
const { version, results } = await runInChromium(folder.path)
tell(`| Chromium | ${version} | | ${told(results)} |`)
tell('')
tell('| compiler | a strict consumer, NodeNext and Bundler |')
tell('|---|---|')
for (const { name, errors } of compileWithEach(folder.path)) {
  if (errors !== '') {
    process.exitCode = 1
    console.error(errors)
  }
  tell(`| ${name} | ${errors === '' ? 'compiles' : 'does not compile'} |`)
}

if (process.argv.includes('--write')) {
  const notes = runtimes.flatMap(({ name, without }) =>
    without === undefined
      ? []
      : [`${without.titles.length} tests are not for ${name}: ${without.why}.`],
  )
  const text = [
    '# Runtimes',
    'What `npm run test:runtimes -- --write` printed last: the tests of `test/batcher` and `test/concurrency` from source (without masses, models and memory), the cases of `scripts/test-runtimes/program.js` on the packed library.',
    lines.join('\n'),
    notes.join('\n'),
  ]
  writeFileSync('docs/runtimes.md', `${text.join('\n\n')}\n`)
}

function tell(line: string): void {
  lines.push(line)
  console.log(line)
}

function told({ passed, failed }: CaseResults): string {
  if (failed.length > 0) process.exitCode = 1
  for (const failure of failed) console.error(failure)
  return counted(passed, failed.length)
}

function counted(passed: number, failed: number): string {
  return failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} failed`
}
