/**
 * Writes the API reference of docs/api, of the doc comments of all that the packages export. With
 * `--check` writes nothing, and fails if a page is not as it would be written, or a name without comment.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type ts from 'typescript'

import { findFiles } from '../find-files.ts'
import { type Entry, EntryReader } from './entry.ts'
import { type Module, readModules } from './modules.ts'
import { anchorsOf, indexOf, pageOf, type Places, sorted } from './page.ts'
import { undocumented } from './undocumented.ts'

const folder = 'docs/api'

const { checker, modules } = readModules()
const owners = new Map<ts.Symbol, { module: Module; name: string }>()
for (const module of modules) {
  for (const [name, symbol] of module.exports) {
    if (!owners.has(symbol)) owners.set(symbol, { module, name })
  }
}

const reader = new EntryReader(checker, new Set(owners.keys()))
const symbols = new Map<Entry, ts.Symbol>()
for (const [symbol, { name }] of owners) symbols.set(reader.read(name, symbol), symbol)

const places = new Map<ts.Symbol, ReturnType<Places['get']> & object>()
const entriesOf = new Map(
  modules.map((module) => {
    const own = [...symbols].filter(([, symbol]) => owners.get(symbol)!.module === module)
    const entries = sorted(own.map(([entry]) => entry))
    for (const [index, anchor] of anchorsOf(entries).entries()) {
      const entry = entries[index]!
      places.set(symbols.get(entry)!, { module, name: entry.name, anchor })
    }
    return [module, entries] as const
  }),
)

const pages = new Map([[join(folder, 'README.md'), indexOf(modules)]])
for (const [module, entries] of entriesOf) {
  pages.set(join(folder, module.page), pageOf(module, entries, places))
}

if (process.argv.includes('--check')) check()
else write()

function write(): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of pages) writeFileSync(path, text)
  console.log(`${pages.size} pages in ${folder}`)
}

function check(): void {
  const present = findFiles(folder, '')
  const problems = [
    ...[...entriesOf].flatMap(([{ name, summary }, entries]) => [
      ...(summary === '' ? [`${name}: no comment at the top`] : []),
      ...undocumented(entries).map((missing) => `${name}: ${missing} has no comment`),
    ]),
    ...[...pages]
      .filter(([path, text]) => !present.includes(path) || readFileSync(path, 'utf8') !== text)
      .map(([path]) => `${path} is not up to date: npm run docs`),
    ...present.filter((path) => !pages.has(path)).map((path) => `${path} is not of the reference`),
  ]
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log(`${pages.size} pages, ${symbols.size} exported names, all documented`)
}
