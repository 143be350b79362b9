import type { ConflictUpdate, InsertSettings } from '../insert-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import type { Catalog, Column } from './catalog.ts'
import { columnOf } from './known.ts'

/** What the column that says for which row a stored one is given is called. */
export const place = 'jitney ordinal'

/** How a table's rows are stored. */
export interface InsertPlan {
  readonly columns: readonly Column[]
  /** Whether a value is one parameter, or a whole column is. */
  readonly isRowWise: boolean
  sqlOf(length: number): string
}

/** Chooses the statement by what the table looks like. */
export function planInsert(settings: InsertSettings, catalog: Catalog): InsertPlan {
  const columns = settings.columns.map((name) => columnOf(catalog, 'store row', name))
  const { returning } = settings
  if (returning === undefined) {
    const sql = withoutAnswer(settings, columns)
    return { columns, isRowWise: false, sqlOf: () => sql }
  }
  const key = keyOf(settings, catalog)
  if (key === undefined) {
    return { columns, isRowWise: true, sqlOf: (length) => rowWise(settings, columns, length) }
  }
  const sql = joined(settings, returning, columns, key)
  return { columns, isRowWise: false, sqlOf: () => sql }
}

/** Columns that tell the stored rows apart, with values that are known before they are stored. */
function keyOf(settings: InsertSettings, catalog: Catalog): Column[] | undefined {
  const { columns, onConflict } = settings
  const key =
    typeof onConflict === 'object'
      ? onConflict.columns.map((name) => columnOf(catalog, 'store row', name))
      : [...catalog.columns.values()].filter(({ isKey }) => isKey)
  const isKnown = ({ name, isRequired, fallback }: Column): boolean =>
    isRequired && (columns.includes(name) || fallback !== null)
  // A trigger may change what was to be stored.
  return key.length > 0 && key.every(isKnown) && !catalog.hasTriggers ? key : undefined
}

/** A column's values as one parameter. */
function arrayOf({ type, hasArray }: Column, index: number): string {
  return `$${index + 1}::${hasArray ? type : 'text'}[]`
}

function valueOf({ type, hasArray }: Column, value: string): string {
  return hasArray ? value : `${value}::${type}`
}

/** Arrays of one length are rows where they are selected; `from` them, all would be kept first. */
function withoutAnswer({ table, onConflict }: InsertSettings, columns: readonly Column[]): string {
  const values = columns.map((column, index) =>
    valueOf(column, `unnest(${arrayOf(column, index)})`),
  )
  return `insert into ${quoteTable(table)} (${quoteNames(columns.map(({ name }) => name))})
select ${values.join(', ')}${conflict(onConflict)}`
}

/**
 * No order of `returning` is promised, and it cannot name what was to be inserted. So the key is
 * made beforehand, defaults included, and what was stored is joined with it.
 */
function joined(
  { table, onConflict }: InsertSettings,
  returning: readonly string[],
  given: readonly Column[],
  key: readonly Column[],
): string {
  const made = key.filter((column) => !given.includes(column))
  const all = [...given, ...made]
  const values = [
    ...given.map((column, index) => `${valueOf(column, `u.c${index}`)} as c${index}`),
    ...made.map(({ fallback }, index) => `${fallback} as c${given.length + index}`),
  ]
  const names = quoteNames(all.map(({ name }) => name))
  const kept = quoteNames([...new Set([...returning, ...key.map(({ name }) => name)])])
  const overriding = made.some((column) => column.isAlwaysGenerated)
    ? 'overriding system value '
    : ''
  // As it is stored: rounded to the column's precision.
  const equal = key.map(
    (column) => `s.${quoteName(column.name)} = i.c${all.indexOf(column)}::${column.fullType}`,
  )
  // Of equal rows in one batch the first was stored and the others were left out.
  const keys = key.map(({ name }) => `s.${quoteName(name)}`).join(', ')
  const [first, order] =
    onConflict === 'ignore' ? [`distinct on (${keys}) `, ` order by ${keys}, i.o`] : ['', '']
  return `with i as materialized (select u.o, ${values.join(', ')} from ${rowsOf(given)}),
s as (insert into ${quoteTable(table)} (${names}) ${overriding}select ${all.map((_, index) => `c${index}`).join(', ')}
from i order by o${conflict(onConflict)} returning ${kept})
select ${first}${returning.map((name) => `s.${quoteName(name)}`).join(', ')}, i.o as ${quoteName(place)}
from s join i on ${equal.join(' and ')}${order}`
}

/** Columns as rows, numbered. */
function rowsOf(columns: readonly Column[]): string {
  const names = columns.map((_, index) => `c${index}`)
  return `unnest(${columns.map(arrayOf).join(', ')}) with ordinality as u(${names.join(', ')}, o)`
}

/** For tables without a key, and for those with triggers: a part of the statement for each row. */
function rowWise(
  { table, returning = [], onConflict }: InsertSettings,
  columns: readonly Column[],
  length: number,
): string {
  const into = `insert into ${quoteTable(table)} (${quoteNames(columns.map(({ name }) => name))})`
  const names = quoteNames(returning)
  const rows = Array.from({ length }, (_, row) => row)
  const parts = rows.map((row) => {
    const values = columns.map(
      ({ type }, index) => `$${row * columns.length + index + 1}::text::${type}`,
    )
    return `r${row} as (${into} values (${values.join(', ')})${conflict(onConflict)} returning ${names})`
  })
  const answers = rows.map(
    (row) => `select ${names}, ${row + 1} as ${quoteName(place)} from r${row}`,
  )
  return `with ${parts.join(',\n')}\n${answers.join('\nunion all ')}`
}

function conflict(onConflict: 'fail' | 'ignore' | ConflictUpdate): string {
  if (onConflict === 'fail') return ''
  if (onConflict === 'ignore') return ' on conflict do nothing'
  const updates = onConflict.update.map(
    (name) => `${quoteName(name)} = excluded.${quoteName(name)}`,
  )
  return ` on conflict (${quoteNames(onConflict.columns)}) do update set ${updates.join(', ')}`
}
