import { quoteTable } from '../quote.ts'
import type { PostgresClient } from './client.ts'
import type { Form } from './encode.ts'

/** What PostgreSQL knows of a column. */
export interface Column {
  readonly name: string
  /** Its type, without a length or precision. */
  readonly type: string
  /** Its type with them: what a value is rounded to. */
  readonly fullType: string
  readonly form: Form
  /** Whether an array of the type can be written with commas. */
  readonly hasArray: boolean
  readonly isRequired: boolean
  readonly isKey: boolean
  /** An expression for the value that it gets if none is given. */
  readonly fallback: string | null
  readonly isAlwaysGenerated: boolean
}

/** What PostgreSQL knows of a table. */
export interface Catalog {
  readonly columns: ReadonlyMap<string, Column>
  /** Whether a trigger may give a row another key than it was given, or leave it out. */
  readonly hasTriggers: boolean
}

/** The types' names may be trusted in statements: they come from PostgreSQL, quoted where needed. */
const sql = `
select a.attname as name,
  format_type(a.atttypid, -1) as type,
  format_type(a.atttypid, a.atttypmod) as full_type,
  coalesce(e.typname, b.typname) as base,
  e.oid is not null as is_array,
  t.typarray <> 0 and t.typdelim = ',' and e.oid is null as has_array,
  a.attnotnull as is_required,
  coalesce(a.attnum = any(i.indkey), false) as is_key,
  case when a.attidentity = '' then pg_get_expr(d.adbin, d.adrelid)
    when has_sequence_privilege(s.name, 'usage') then format('nextval(%L::regclass)', s.name)
  end as fallback,
  a.attidentity = 'a' as is_always,
  exists (select from pg_trigger g where g.tgrelid = a.attrelid and not g.tgisinternal
    and g.tgtype & 1 = 1 and g.tgtype & 66 <> 0) as has_triggers
from pg_attribute a
join pg_type t on t.oid = a.atttypid
left join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
left join pg_type e on e.oid = b.typelem and b.typcategory = 'A'
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated = ''
left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
left join lateral (select case when a.attidentity <> '' then
    pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) end as name) s on true
where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped`

interface Row {
  readonly name: string
  readonly type: string
  readonly full_type: string
  readonly base: string
  readonly is_array: boolean
  readonly has_array: boolean
  readonly is_required: boolean
  readonly is_key: boolean
  readonly fallback: string | null
  readonly is_always: boolean
  readonly has_triggers: boolean
}

/** Asks what a table looks like. */
export async function readCatalog(
  client: PostgresClient,
  table: readonly string[],
): Promise<Catalog> {
  const { rows } = await client.query(sql, [quoteTable(table)])
  const found = rows as readonly Row[]
  return {
    columns: new Map(found.map((row) => [row.name, columnOf(row)])),
    hasTriggers: found.some((row) => row.has_triggers),
  }
}

function columnOf(row: Row): Column {
  const isJson = row.base === 'json' || row.base === 'jsonb'
  const form = isJson ? 'json' : 'plain'
  return {
    name: row.name,
    type: row.type,
    fullType: row.full_type,
    form: row.is_array ? (isJson ? 'json array' : 'array') : form,
    hasArray: row.has_array,
    isRequired: row.is_required,
    isKey: row.is_key,
    fallback: row.fallback,
    isAlwaysGenerated: row.is_always,
  }
}
