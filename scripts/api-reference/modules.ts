import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import ts from 'typescript'

import { packageFolders } from '../find-files.ts'

/** What a user can import by one name, and the page that tells of it. */
export interface Module {
  /** As in an import: `jitney/worker`. */
  readonly name: string
  /** File name of the page. */
  readonly page: string
  /** The comment at the top of the barrel. */
  readonly summary: string
  /** The exported names, each with what it stands for. */
  readonly exports: ReadonlyMap<string, ts.Symbol>
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly 'jitney:source'?: string }>>
}

/** The source of a module. */
export interface Barrel {
  readonly name: string
  readonly page: string
  readonly file: string
}

/** What the manifests of the published packages export, from source. */
export function publishedBarrels(): Barrel[] {
  return packageFolders.flatMap(barrelsOf)
}

export function readModules(barrels: readonly Barrel[]): {
  readonly checker: ts.TypeChecker
  readonly modules: readonly Module[]
} {
  const { config } = ts.readConfigFile('tsconfig.base.json', ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, '.')
  const program = ts.createProgram(
    barrels.map(({ file }) => file),
    { ...options, noEmit: true },
  )
  const checker = program.getTypeChecker()
  const modules = barrels.map(({ name, page, file }) => {
    const source = program.getSourceFile(file)!
    return { name, page, summary: summaryOf(source), exports: exportsOf(checker, source) }
  })
  return { checker, modules }
}

function barrelsOf(folder: string): Barrel[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    const source = typeof target === 'string' ? undefined : target['jitney:source']
    if (source === undefined) return []
    const name = join(manifest.name, subpath)
    return [{ name, page: `${name.split('/').at(-1)}.md`, file: resolve(folder, source) }]
  })
}

/** What the barrel's first comment says. */
function summaryOf(source: ts.SourceFile): string {
  const [comment] = /^\/\*\*[^]*?\*\//.exec(source.text) ?? ['']
  return comment
    .replaceAll(/^\/\*\*|\*\/$/g, '')
    .replaceAll(/^\s*\* ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** Each thing once, by the name of it that can be imported in braces. */
function exportsOf(checker: ts.TypeChecker, source: ts.SourceFile): Map<string, ts.Symbol> {
  const found = new Map<string, ts.Symbol>()
  for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)) {
    if (symbol.name === 'default' || symbol.name === 'module.exports') continue
    found.set(symbol.name, behind(checker, symbol))
  }
  return found
}

/** What a symbol stands for, if it is imported or exported under another name. */
export function behind(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}
