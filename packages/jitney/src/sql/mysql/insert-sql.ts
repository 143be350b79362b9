import type { InsertSettings } from '../insert-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import type { Term } from './encode.ts'
import { mark } from './names.ts'

/** What the column that says for which row a stored one is given is called. */
export const place = 'jitney ordinal'

/** One `insert` of rows. */
export function insertSql(settings: InsertSettings, rows: readonly (readonly Term[])[]): string {
  const { table, columns, returning } = settings
  const into = `insert into ${quoteTable(table, mark)} (${quoteNames(columns, mark)})`
  const tuples = rows.map((terms) => terms.map(({ sql }) => sql).join(', '))
  if (returning === undefined) {
    return `${into}\nvalues (${tuples.join('),\n(')})${conflict(settings)}`
  }
  return `${into}\n${selected(columns.length, tuples)}${conflict(settings)}
returning ${quoteNames(returning, mark)}, @jitney as ${quoteName(place, mark)}`
}

/**
 * No order of `returning` is promised, and it cannot name what was to be inserted. So each row leaves
 * its ordinal in a variable when it is read, and `returning` reads that when the row is written:
 * negative where the row was there already. In a plain `values` the variable would be NULL for the
 * first statement of a connection.
 */
function selected(count: number, tuples: readonly string[]): string {
  const names = Array.from({ length: count }, (_, index) => `c${index}`)
  const [first, ...others] = names
  const values = tuples.map((tuple, row) => `(${row + 1}, ${tuple})`).join(',\n')
  return `with i (o, ${names.join(', ')}) as (values ${values})
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
