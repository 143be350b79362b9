import { type Entry, EntryReader } from './entry.ts'
import type { Module, readModules } from './modules.ts'
import { anchorsOf, indexOf, pageOf, type Places, sorted } from './page.ts'
import { undocumented } from './undocumented.ts'

/** The pages by their names, and what has no comment. */
export interface Reference {
  readonly pages: ReadonlyMap<string, string>
  readonly missing: readonly string[]
  /** How many things are exported. */
  readonly size: number
}

type Place = Places extends ReadonlyMap<infer Key, infer Value> ? [Key, Value] : never

export function referenceOf({ checker, modules }: ReturnType<typeof readModules>): Reference {
  // What several modules export has its entry in the first.
  const owners = new Map(
    modules.toReversed().flatMap((module) => {
      return Array.from(module.exports, ([name, symbol]) => [symbol, { module, name }] as const)
    }),
  )
  const reader = new EntryReader(checker, new Set(owners.keys()))
  const symbols = new Map(
    Array.from(owners, ([symbol, { name }]) => [reader.read(name, symbol), symbol] as const),
  )
  const entriesOf = (module: Module): Entry[] =>
    sorted(
      [...symbols.keys()].filter((entry) => owners.get(symbols.get(entry)!)!.module === module),
    )
  const sections = modules.map((module) => ({ module, entries: entriesOf(module) }))
  const places: Places = new Map(
    sections.flatMap(({ module, entries }) => {
      const anchors = anchorsOf(entries)
      return entries.map((entry, index): Place => {
        return [symbols.get(entry)!, { module, name: entry.name, anchor: anchors[index]! }]
      })
    }),
  )
  return {
    pages: new Map([
      ['README.md', indexOf(modules)],
      ...sections.map(
        ({ module, entries }) => [module.page, pageOf(module, entries, places)] as const,
      ),
    ]),
    missing: sections.flatMap(({ module, entries }) => [
      ...(module.summary === '' ? [`${module.name}: no comment at the top`] : []),
      ...undocumented(entries).map((problem) => `${module.name}: ${problem}`),
    ]),
    size: symbols.size,
  }
}
