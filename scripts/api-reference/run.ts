/**
 * Writes the API reference of docs/api, of the doc comments of all that the packages export. With
 * `--check` writes nothing, and fails if a page is not as it would be written, or a name without comment.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { findFiles } from '../find-files.ts'
import { publishedBarrels, readModules } from './modules.ts'
import { referenceOf } from './reference.ts'

const folder = 'docs/api'
const { pages, missing, size } = referenceOf(readModules(publishedBarrels()))

if (process.argv.includes('--check')) check()
else write()

function write(): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of pages) writeFileSync(join(folder, name), text)
  console.log(`${pages.size} pages in ${folder}`)
}

function check(): void {
  const wanted = new Map(Array.from(pages, ([name, text]) => [join(folder, name), text] as const))
  const present = findFiles(folder, '')
  const stale = [...wanted].filter(
    ([path, text]) => !present.includes(path) || readFileSync(path, 'utf8') !== text,
  )
  const problems = [
    ...missing,
    ...stale.map(([path]) => `${path} is not up to date: npm run docs`),
    ...present.filter((path) => !wanted.has(path)).map((path) => `${path} is not of the reference`),
  ]
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log(`${pages.size} pages, ${size} exported names, all documented`)
}
