import type ts from 'typescript'

import { endsInList, firstSentence, markdownOf } from './comment.ts'
import type { Entry, Member } from './entry.ts'
import type { Module } from './modules.ts'

const note = '<!-- Made of the doc comments by `npm run docs`: change those. -->'

/** Where each exported thing has its entry. */
export type Places = ReadonlyMap<
  ts.Symbol,
  { readonly module: Module; readonly name: string; readonly anchor: string }
>

/** The page of a module: what it exports, by name, things that run before types. */
export function pageOf(module: Module, entries: readonly Entry[], places: Places): string {
  const elsewhere = [...module.exports.values()].filter(
    (symbol) => places.get(symbol)!.module !== module,
  )
  const anchors = anchorsOf(entries)
  return (
    [
      note,
      `# ${module.name}`,
      module.summary,
      [
        ...entries.map(
          ({ name, parts }, index) =>
            `- [\`${name}\`](#${anchors[index]}): ${firstSentence(parts[0]!.comment.text)}`,
        ),
        ...elsewhere.map((symbol) => `- ${linkTo(symbol, module, places)}: the same`),
      ].join('\n'),
      ...entries.map((entry) => sectionOf(entry, module, places)),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  )
}

/** The page that lists the modules. */
export function indexOf(modules: readonly Module[]): string {
  return `${note}

# API reference

One page for each name that can be imported from, made of the doc comments. Durations are milliseconds.
Error codes are in [errors.md](../errors.md).

| import | what it is for |
|---|---|
${modules.map(({ name, page, summary }) => `| [\`${name}\`](${page}) | ${summary} |\n`).join('')}`
}

/** The names of entries as anchors of headings, which GitHub numbers where two are the same. */
export function anchorsOf(entries: readonly Pick<Entry, 'name'>[]): string[] {
  const seen = new Map<string, number>()
  return entries.map(({ name }) => {
    const anchor = name.toLowerCase()
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
}

/** Things that run before types, each by name. */
export function sorted(entries: readonly Entry[]): Entry[] {
  return entries.toSorted(
    (one, other) =>
      Number(one.isType) - Number(other.isType) ||
      one.name.localeCompare(other.name, 'en', { sensitivity: 'base' }),
  )
}

function sectionOf(entry: Entry, module: Module, places: Places): string {
  const links = [...entry.references].map((symbol) => linkTo(symbol, module, places))
  const said = entry.parts.map(({ code, comment }) => `${block(code)}\n\n${markdownOf(comment)}`)
  const title = entry.members.length > 0 && endsInList(said.at(-1)!) ? ['Members:'] : []
  const { unexported } = entry
  return [
    `## ${entry.name}`,
    ...said,
    ...title,
    entry.members.map(itemOf).join('\n'),
    unexported.length === 0 ? '' : `Where\n\n${block(unexported.join('\n'))}`,
    links.length === 0 ? '' : `See ${links.toSorted().join(', ')}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function block(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\``
}

function itemOf({ code, comment }: Member): string {
  const text = markdownOf(comment).replaceAll(/^(?=.)/gm, '  ')
  // A type with a template in it has the mark itself.
  const mark = code.includes('`') ? '``' : '`'
  const shown = `**${mark}${mark === '`' ? code : ` ${code} `}${mark}**`
  return `- ${shown}${text === '' ? '' : `\n${text}`}`
}

function linkTo(symbol: ts.Symbol, from: Module, places: Places): string {
  const { module, name, anchor } = places.get(symbol)!
  return `[\`${name}\`](${module === from ? '' : module.page}#${anchor})`
}
