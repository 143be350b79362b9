/** Holds the error codes of the sources and docs/errors.md together: each in both, or it fails. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { findFiles, packageFolders } from './find-files.ts'

const page = 'docs/errors.md'

const sources = packageFolders.flatMap((folder) => findFiles(join(folder, 'src'), '.ts'))
const thrown = new Map(
  sources.flatMap((file) =>
    [...read(file).matchAll(/['"`](JITNEY_[A-Z0-9_]+)['"`]/g)].map(([, code]) => [code, file]),
  ),
)
const entries = read(page)
  .split('\n')
  .filter((line) => /^[#|]/.test(line))
const documented = new Set(entries.join('\n').match(/JITNEY_[A-Z0-9_]+/g))

const problems = [
  ...[...thrown]
    .filter(([code]) => !documented.has(code as string))
    .map(([code, file]) => `${code} of ${file} has no heading or table row in ${page}`),
  ...[...documented]
    .filter((code) => !thrown.has(code))
    .map((code) => `${code} of ${page} is in no source`),
]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`${thrown.size} error codes, all documented in ${page}`)

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
