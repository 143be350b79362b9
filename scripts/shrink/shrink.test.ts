import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { arrange } from './arrange.ts'
import { assignShortNames } from './assign-short-names.ts'
import { compress } from './compress.ts'
import { findNames, type Names } from './find-names.ts'
import { namesBeside } from './names-beside.ts'
import { type PackageSources, readConfiguration, readPackage } from './package-sources.ts'
import { readModule } from './module.ts'
import { shorten } from './shorten.ts'

const index = `
import { Account, type Movement } from './inner/account.ts'
import { settle, type Wire } from './inner/kept.ts'
import type { Options } from './options.ts'

/** What is public stays. */
export class Bank {
  readonly #account: Account

  constructor({ owner, limits: { most = 10 } = {} }: Options) {
    this.#account = new Account(owner, most)
  }

  deposit(amount: number): { readonly sum: number } {
    return { sum: this.#account.take(amount) }
  }
}

export function look(wire: Wire, key: 'indexed'): unknown[] {
  const given: Wire = { made: 1, read: 2, indexed: 3, plugged: 4 }
  return [wire.read, wire[key], settle(given)]
}
`
const options = `
export interface Options {
  readonly owner: string
  readonly limits?: { readonly most?: number }
}
`
const account = `
export interface Movement {
  readonly amount: number
  readonly holder: string
}

export class Account {
  readonly history: Movement[] = []
  readonly capacity: number
  readonly holder: string
  note?: string

  constructor(holder: string, capacity: number) {
    this.holder = holder
    this.capacity = capacity
  }

  take(amount: number): number {
    const { history, holder = 'nobody' } = this
    history.push({ amount, holder })
    if (history.length > this.capacity) throw Object.assign(new Error(holder), { code: 1 })
    let note
    ;({ note } = this)
    this.note = note ?? 'asked'
    return history.reduce((sum, { amount }) => sum + amount, 0)
  }
}
`
const platform = `
declare class EventTarget {
  addEventListener(type: string, listener: { handleEvent(): void }, options?: { once?: boolean }): void
}
declare function send(message: object): void
` /** A shelf and a run are both places, and what may be a shelf is asked for what a run has. */
const cast = `
interface Place { drop(): void }
interface Shelf extends Place { books: number }
interface Run extends Place { label?: string; lost: number }

function put(place: Place): Place { return place }

export function tell(shelf: Shelf): unknown[] {
  const places: Place[] = [shelf]
  const { label } = places[0] as Run
  return [label, shelf.books, (put(shelf) as Run).lost]
}
`
/** Of each interface, all names but \`free\` are kept. */
const kept = `
export interface Wire { made: number; read: number; indexed: number; plugged: number }
interface Shelf { quoted: number; keyed: number; present: number; texted: number; free: number }
interface Table { computed: number; [Symbol.iterator]?: unknown }
interface Listed { listed: number }
interface Message { printed: number; byDay: Record<string, { deep: number }> }
interface Answer { parsed: number; parts: { inside: number }[] }
interface Host { debug?(): void }

class Listener { handleEvent(): number { return 1 } }
class Thenable { then(): void {} }

function label(text: string): string { return text }

export function settle(wire: Wire): number { return wire.plugged }

export function use(shelf: Shelf, key: 'keyed', table: Table, any: string, loose: any): unknown {
  const once = { once: true }
  new EventTarget().addEventListener('x', new Listener(), once)
  const answer = JSON.parse(any) as Answer
  const message: Message = { printed: 1, byDay: { monday: { deep: 1 } } }
  send(message)
  const body: unknown = { hidden: 1 }
  const listed: Listed = { listed: 1 }
  for (const name in listed) label(name)
  ;(globalThis as Host).debug?.()
  return [
    shelf['quoted'], shelf[key], 'present' in shelf, label('texted'), shelf.free, table[any as keyof Table],
    answer.parsed, answer.parts[0]?.inside, loose.untyped, new Thenable(), body,
  ]
}
`

let folder: string
let sources: PackageSources
let names: Names
let shortNames: Map<string, string>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jitney-names-'))
  const files = { index, options, 'inner/account': account, 'inner/kept': kept, 'inner/cast': cast }
  for (const [name, text] of Object.entries(files)) write(`src/${name}.ts`, text)
  write('platform.d.ts', platform)
  write('package.json', {
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts' }, './package.json': './package.json' },
  })
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2022'],
    module: 'NodeNext',
    types: ['./platform'],
    strict: true,
    declaration: true,
    sourceMap: true,
    rewriteRelativeImportExtensions: true,
    rootDir: 'src',
    outDir: 'dist',
  }
  write('tsconfig.json', { compilerOptions, include: ['src'] })
  compile()
  sources = readPackage(folder, ['inner'])
  names = findNames(sources)
  shortNames = assignShortNames(names, namesBeside(sources, names.internal.keys()))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(path: string, content: string | object): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
}

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}

function link(name: string): string {
  return `//# sourceMappingURL=${name}.js.map`
}

function compile(): void {
  const { fileNames, options: settings } = readConfiguration(folder)
  const program = ts.createProgram(fileNames, settings)
  const { diagnostics } = program.emit()
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
  expect(problems.map(({ messageText }) => messageText)).toEqual([])
}

function shortened(path: string): ReturnType<typeof shorten> {
  return shorten(readModule(join(folder, path)), shortNames)
}

describe('findNames()', () => {
  it('finds what only the inner folder knows', () => {
    const ofAccount = ['amount', 'capacity', 'history', 'holder', 'note']
    const internal = [...ofAccount, 'books', 'drop', 'free', 'lost', 'label'].toSorted()
    expect([...names.internal.keys()].toSorted()).toEqual(internal)
  })

  it.each([
    ['what users see', ['owner', 'limits', 'most', 'deposit', 'sum']],
    ['what the language has', ['then', 'push', 'code']],
    ['what may be a key', ['quoted', 'keyed', 'present', 'texted', 'computed', 'listed']],
    ['what is used or made outside', ['take', 'read', 'indexed', 'made', 'plugged']],
    ['what is given to others', ['printed', 'byDay', 'deep', 'hidden', 'once', 'handleEvent']],
    ['what comes from others', ['parsed', 'parts', 'inside', 'debug', 'untyped']],
  ])('keeps %s', (_what, expected) => {
    expect(expected.filter((name) => names.internal.has(name))).toEqual([])
  })
})

describe('namesBeside()', () => {
  it('says what one object may have, by its own type and by what it is taken for', () => {
    const beside = namesBeside(sources, names.internal.keys())
    expect([...(beside.get('amount') ?? [])].toSorted()).toEqual(['amount', 'holder'])
    const ofAccount = ['amount', 'capacity', 'history', 'holder', 'note']
    expect([...(beside.get('holder') ?? [])].toSorted()).toEqual(ofAccount)
    expect([...(beside.get('free') ?? [])]).toEqual(['free'])
  })

  it('says what is read of an object that may be none of the kind that it is cast to', () => {
    const beside = namesBeside(sources, names.internal.keys())
    for (const name of ['label', 'lost'])
      expect([...(beside.get(name) ?? [])].toSorted()).toEqual(['books', 'drop', 'label', 'lost'])
    const [book, ...ofRun] = ['books', 'label', 'lost'].map((name) => shortNames.get(name))
    expect(ofRun).not.toContain(book)
  })
})

describe('assignShortNames()', () => {
  it('gives the first letters to the most frequent, and none that is known', () => {
    const given = assignShortNames(
      {
        internal: new Map([
          ['rare', 1],
          ['often', 9],
          ['alike', 1],
        ]),
        kept: new Set(['e']),
      },
      new Map([
        ['alike', new Set(['often'])],
        ['often', new Set(['alike'])],
      ]),
    )
    expect([...given]).toEqual([
      ['often', 't'],
      ['alike', 'r'],
      ['rare', 't'],
    ])
  })
})

describe('shorten()', () => {
  it('gives code that does the same', async () => {
    const { code } = await shortened('dist/inner/account.js')
    expect(code).not.toMatch(/\.(amount|capacity|history|holder|note)\b/)
    const { Account } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      Account: new (holder: string, capacity: number) => { take(amount: number): number }
    }
    const own = new Account('Ada', 2)
    expect([own.take(1), own.take(2)]).toEqual([1, 3])
    expect(() => own.take(3)).toThrow(expect.objectContaining({ message: 'Ada', code: 1 }))
  })

  it('keeps the link to a map that leads to the source', async () => {
    const module = await shortened('dist/inner/account.js')
    expect(module.link).toBe(link('account'))
    const { sources: named, names: original } = JSON.parse(module.map) as {
      sources: string[]
      names: string[]
    }
    expect(named).toEqual(['../../src/inner/account.ts'])
    expect(original).toContain('history')
  })

  it('leaves a module alone that has none of the names', async () => {
    const { code } = await shortened('dist/options.js')
    expect(code + link('options')).toBe(read('dist/options.js'))
  })

  it('refuses names that meet in one object', async () => {
    const same = new Map([...shortNames].map(([name]) => [name, 'e']))
    const module = readModule(join(folder, 'dist/inner/account.js'))
    await expect(shorten(module, same)).rejects.toThrow(/^Cannot shorten names: Duplicate/)
  })
})

describe('compress()', () => {
  it('folds constants, and keeps names, exports and what nothing may be left of', async () => {
    const code = [
      "import { make } from './make.js'",
      "const action = 'wait'",
      'export const pure = /* @__PURE__ */ make(action)',
      'export function twice(number) { return make(action, number) }',
    ].join('\n')
    const map = { version: 3, sources: ['../src/one.ts'], names: [], mappings: 'AAAA' }
    const small = await compress({ code, map: JSON.stringify(map), link: link('one') })
    expect(small.code).not.toContain('const action')
    expect(small.code).toMatch(/export const pure = *\/\* *@__PURE__ *\*\/ *make\("wait"\)/)
    expect(small.code).toContain('export function twice(number)')
    expect(small.link).toBe(link('one'))
    expect((JSON.parse(small.map) as typeof map).sources).toEqual(map.sources)
  })
})

describe('arrange()', () => {
  const code = [
    "import { low } from './low.js'",
    "import { high } from '../high.js'",
    'export function first() { return low }',
    'const two = 2',
    'export class Third {}',
    'export function fourth() { return high + two }',
  ].join('\n')
  const map = { version: 3, sources: ['../src/one.ts'], names: [], mappings: 'AAAA' }

  async function arranged(layout: Record<string, string[]>): Promise<string[]> {
    const module = { code, map: JSON.stringify(map), link: link('one') }
    const result = await arrange(module, 'inner/one', layout)
    expect(result.link).toBe(module.link)
    expect((JSON.parse(result.map) as typeof map).sources).toEqual(map.sources)
    const declared = /^(?:export )?(?:import|function|const|class)?(?: \{)? (\w+)/gm
    return [...result.code.matchAll(declared)].map(([, name]) => name as string)
  }

  it('leaves what the layout does not know', async () => {
    const order = ['low', 'high', 'first', 'two', 'Third', 'fourth']
    expect(await arranged({})).toEqual(order)
  })

  it('moves imports and functions, and nothing that is made while the module loads', async () => {
    const layout = { high: [], 'inner/one': ['fourth', 'Third', 'first', 'two'], 'inner/low': [] }
    const order = ['high', 'low', 'fourth', 'two', 'first', 'Third']
    expect(await arranged(layout)).toEqual(order)
  })
})

describe('readPackage()', () => {
  it('refuses a package that is not built', () => {
    write('empty/tsconfig.json', { include: ['src'] })
    write('empty/src/index.ts', 'export const one = 1')
    write('empty/package.json', { exports: { '.': { types: './dist/index.d.ts' } } })
    expect(() => readPackage(join(folder, 'empty'), [])).toThrow(/index\.d\.ts: it is not there/)
  })
})
