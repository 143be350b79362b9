/**
 * Looks for the order of modules, and of the functions in them, that compresses best, for some minutes,
 * and writes it down for the build: `npm run build && npx tsx scripts/tune-layout.ts [--seconds 300]`.
 * Worth a run when the core has changed much; what is not written down stands last.
 */
import { writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'
import ts from 'typescript'

import { layoutFile, readLayout, sortBy } from './shrink/layout.ts'

/** A statement at the top of a bundle, and what it declares. */
interface Piece {
  readonly name: string
  readonly isFunction: boolean
  readonly text: string
}

/** What a bundle has of each module, by its path without extension. */
type Bundle = ReadonlyMap<string, readonly Piece[]>

interface Found {
  readonly modules: readonly string[]
  readonly names: ReadonlyMap<string, readonly string[]>
}

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' } } })
const dist = 'packages/jitney/dist'
const imports = new Map<string, readonly string[]>()

/** What the size budgets count. */
const bundles = ['*', '{ Batcher }', '{ map, mapSettled, mapIterable, asCompleted }'].map(read)

function read(what: string): Bundle {
  const { metafile, outputFiles } = buildSync({
    stdin: { contents: `export ${what} from './index.js'`, resolveDir: dist },
    bundle: true,
    minify: true,
    format: 'esm',
    metafile: true,
    write: false,
    sourcemap: 'external',
    outdir: dist,
  })
  for (const [path, input] of Object.entries(metafile.inputs))
    imports.set(
      moduleOf(path),
      input.imports.map((imported) => moduleOf(imported.path)),
    )
  const [map = '', code = ''] = outputFiles.map(({ text }) => text)
  return piecesOf(code, new SourceMap(JSON.parse(map) as never))
}

function moduleOf(path: string): string {
  return path.replace(/^.*?\b(?:dist|src)\//, '').replace(/\.[jt]s$/, '')
}

function piecesOf(code: string, map: SourceMap): Bundle {
  const file = ts.createSourceFile('bundle.js', code, ts.ScriptTarget.Latest)
  const pieces = new Map<string, Piece[]>()
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement)) continue
    const isFunction = ts.isFunctionDeclaration(statement)
    const named = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations[0]
      : (statement as ts.FunctionDeclaration)
    const { line, character } = file.getLineAndCharacterOfPosition(named?.name?.getStart(file) ?? 0)
    const { name, originalSource } = map.findEntry(line, character) as Record<string, string>
    const module = moduleOf(originalSource as string)
    const piece = { name: name as string, isFunction, text: statement.getText(file) }
    pieces.set(module, [...(pieces.get(module) ?? []), piece])
  }
  return pieces
}

/** Modules in the order in which they are evaluated, and so bundled. */
function evaluated(modules: readonly string[]): Set<string> {
  const done = new Set<string>()
  const begun = new Set<string>()
  const visit = (module: string): void => {
    if (begun.has(module)) return
    begun.add(module)
    for (const imported of sortBy(imports.get(module) ?? [], modules, (name) => name))
      visit(imported)
    done.add(module)
  }
  visit('index')
  return done
}

function inOrder(pieces: readonly Piece[], names: readonly string[]): Piece[] {
  const rest = pieces.filter(({ isFunction }) => !isFunction)
  return sortBy(pieces, names, ({ name }) => name).map((piece) =>
    piece.isFunction ? piece : (rest.shift() as Piece),
  )
}

function bytesOf({ modules, names }: Found): number {
  const order = evaluated(modules)
  return bundles.reduce((sum, bundle) => {
    const pieces = [...order].flatMap((module) =>
      inOrder(bundle.get(module) ?? [], names.get(module) ?? []),
    )
    return sum + gzipSync(pieces.map(({ text }) => text).join(''), { level: 9 }).length
  }, 0)
}

/** One thing moved somewhere else. */
function shuffled<Thing>(things: readonly Thing[]): Thing[] {
  const moved = [...things]
  const [thing] = moved.splice(Math.floor(Math.random() * moved.length), 1)
  moved.splice(Math.floor(Math.random() * (moved.length + 1)), 0, thing as Thing)
  return moved
}

const layout = readLayout()
const all = [...new Set(bundles.flatMap((bundle) => [...bundle.keys()]))]
const known = Object.keys(layout)
let best: Found = {
  modules: sortBy(all, known, (name) => name),
  names: new Map(
    all.map((module) => {
      const declared = bundles.flatMap((bundle) => bundle.get(module) ?? [])
      const names = [...new Set(declared.map(({ name }) => name))]
      return [module, sortBy(names, layout[module] ?? [], (name) => name)]
    }),
  ),
}
let least = bytesOf(best)
console.log(least)
for (const end = Date.now() + Number(values.seconds) * 1000; Date.now() < end;) {
  const { modules, names } = best
  const module = modules[Math.floor(Math.random() * modules.length)] as string
  const tried =
    Math.random() < 0.4
      ? { modules: shuffled(modules), names }
      : { modules, names: new Map(names).set(module, shuffled(names.get(module) ?? [])) }
  const bytes = bytesOf(tried)
  if (bytes > least) continue
  if (bytes < least) console.log(bytes)
  least = bytes
  best = tried
}
const found = best.modules.map((module) => [module, best.names.get(module)])
writeFileSync(layoutFile, `${JSON.stringify(Object.fromEntries(found), undefined, 2)}\n`)
