import type { InsertSettings } from '../insert-options.ts'
import { quoteName, quoteNames, quoteTable } from '../quote.ts'
import type { Term } from './encode.ts'
import { mark } from './names.ts'

/** What the column that says for which row a stored one is given is called. */
export const place = 'jitney ordinal'

/**
 * One `insert` of rows. No order of `returning` is promised, so each row's values leave its ordinal
 * in a variable, which `returning` reads after that row: negative where the row was there already.
 */
export function insertSql(settings: InsertSettings, rows: readonly (readonly Term[])[]): string {
  const { table, columns, returning } = settings
  const values = rows.map((terms, row) => {
    const sqls = terms.map(({ sql }) => sql)
    if (returning !== undefined) sqls[0] = `if(@jitney := ${row + 1}, ${sqls[0]}, null)`
    return `(${sqls.join(', ')})`
  })
  const into = `insert into ${quoteTable(table, mark)} (${quoteNames(columns, mark)})`
  const answer =
    returning === undefined
      ? ''
      : `\nreturning ${quoteNames(returning, mark)}, @jitney as ${quoteName(place, mark)}`
  return `${into}\nvalues ${values.join(',\n')}${conflict(settings)}${answer}`
}

function conflict({ onConflict, columns, returning }: InsertSettings): string {
  if (onConflict === 'fail') return ''
  if (onConflict === 'ignore') {
    const name = quoteName(columns[0]!, mark)
    // Not `insert ignore`, which would also cut what is too long.
    const same = returning === undefined ? name : `if(@jitney := -abs(@jitney), ${name}, ${name})`
    return `\non duplicate key update ${name} = ${same}`
  }
  const updates = onConflict.update.map((column) => {
    const name = quoteName(column, mark)
    return `${name} = values(${name})`
  })
  return `\non duplicate key update ${updates.join(', ')}`
}
