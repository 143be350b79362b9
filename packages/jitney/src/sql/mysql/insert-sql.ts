import type { InsertSettings } from '../insert-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import { mark } from './names.ts'

/** What the column that says for which row a stored one is given is called. */
export const place = 'jitney ordinal'

/** One `insert` of rows, as `(…), (…)`, which have their ordinals before their values if they return. */
export function insertSql(settings: InsertSettings, rows: string): string {
  const { table, columns, returning } = settings
  const into = `insert into ${quoteTable(table, mark)} (${quoteNames(columns, mark)})`
  if (returning === undefined) return `${into}\nvalues ${rows}${conflict(settings)}`
  return `${into}\n${selected(columns.length, rows)}${conflict(settings)}
returning ${quoteNames(returning, mark)}, @jitney as ${quoteName(place, mark)}`
}

/**
 * No order of `returning` is promised, and it cannot name what was to be inserted. So each row leaves
 * its ordinal in a variable when it is read, and `returning` reads that when the row is written:
 * negative where the row was there already. In a plain `values` the variable would be NULL for the
 * first statement of a connection.
 */
function selected(count: number, rows: string): string {
  const names = Array.from({ length: count }, (_, index) => `c${index}`)
  const [first, ...others] = names
  return `with i (o, ${names.join(', ')}) as (values ${rows})
select ${[`if(@jitney := o, ${first}, null)`, ...others].join(', ')} from i`
}

function conflict({ table, onConflict, columns, returning }: InsertSettings): string {
  if (onConflict === 'fail') return ''
  if (onConflict === 'ignore') {
    // Not `insert ignore`, which would also cut what is too long.
    const name = `${quoteTable(table, mark)}.${quoteName(columns[0]!, mark)}`
    const same = returning === undefined ? name : `if(@jitney := -abs(@jitney), ${name}, ${name})`
    return `\non duplicate key update ${name} = ${same}`
  }
  const updates = onConflict.update.map((column) => {
    const name = quoteName(column, mark)
    return `${name} = values(${name})`
  })
  return `\non duplicate key update ${updates.join(', ')}`
}
