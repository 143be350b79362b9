/**
 * Looks for the short names that compress best, for some minutes, and writes them down for the build:
 * `npx tsx scripts/tune-short-names.ts [--seconds 120]`. Worth a run when the core has changed much; what
 * the build finds written down that does not fit any more it leaves aside.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { buildSync, transformSync } from 'esbuild'

import { findFiles } from './find-files.ts'
import { arrange } from './shrink/arrange.ts'
import { assignShortNames } from './shrink/assign-short-names.ts'
import { compress } from './shrink/compress.ts'
import { findNames } from './shrink/find-names.ts'
import { readLayout } from './shrink/layout.ts'
import { readModule, writeModule } from './shrink/module.ts'
import { namesBeside } from './shrink/names-beside.ts'
import { readPackage } from './shrink/package-sources.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } })
const written = new URL('shrink/short-names.json', import.meta.url)
const usual = JSON.parse(readFileSync(written, 'utf8')) as Record<string, string>
const sources = readPackage('packages/jitney', ['batcher', 'concurrency'])
const names = findNames(sources)
const beside = namesBeside(sources, names.internal.keys())
let best = assignShortNames(names, beside, usual)

const folder = mkdtempSync(join(tmpdir(), 'jitney-names-'))
const config = 'packages/jitney/tsconfig.build.json'
execFileSync('npx', ['tsc', '--project', config, '--outDir', folder])
const layout = readLayout()
for (const name of ['index', 'batcher', 'concurrency', 'platform'])
  for (const file of findFiles(folder, '.js')) {
    const path = relative(folder, file).replace(/\.js$/, '')
    if (!path.startsWith(name)) continue
    writeModule(file, await arrange(await compress(readModule(file)), path, layout))
  }

/** What the size budgets count: the whole core, `Batcher` alone, the map family alone. */
const counted = ['*', '{ Batcher }', '{ map, mapSettled, mapIterable, asCompleted }']
const bundles = counted.map((what) => {
  const contents = `export ${what} from './index.js'`
  const stdin = { contents, resolveDir: folder }
  return buildSync({ stdin, bundle: true, format: 'esm', write: false }).outputFiles[0]?.text ?? ''
})
rmSync(folder, { recursive: true })
const mangleProps = new RegExp(`^(?:${[...best.keys()].join('|')})$`)

function bytesWith(shortNames: ReadonlyMap<string, string>): number {
  const mangleCache = Object.fromEntries(shortNames)
  const codes = bundles.map((code) =>
    transformSync(code, { minify: true, mangleProps, mangleCache }),
  )
  return codes.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)
}

function mayBe(shortNames: ReadonlyMap<string, string>, name: string): boolean {
  const others = [...(beside.get(name) ?? [])].filter((other) => other !== name)
  return others.every((other) => shortNames.get(other) !== shortNames.get(name))
}

function oneOf<Value>(list: readonly Value[]): Value {
  return list[Math.floor(Math.random() * list.length)] as Value
}

let least = bytesWith(best)
console.log(least)
const all = [...best.keys()]
const letters = [...new Set(best.values())]
for (const end = Date.now() + Number(values.seconds) * 1000; Date.now() < end;) {
  const tried = new Map(best)
  const [one, other] = [oneOf(all), oneOf(all)]
  const letter = oneOf([tried.get(other) as string, oneOf(letters)])
  if (letter === tried.get(other)) tried.set(other, tried.get(one) as string)
  tried.set(one, letter)
  if (!mayBe(tried, one) || !mayBe(tried, other)) continue
  const bytes = bytesWith(tried)
  if (bytes > least) continue
  if (bytes < least) console.log(bytes)
  least = bytes
  best = tried
}
writeFileSync(written, `${JSON.stringify(Object.fromEntries(best), undefined, 2)}\n`)
