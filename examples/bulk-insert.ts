// The code inserts and finds one row at a time, the database sees one statement for all of them.
// Rows are given back by key: their order does not matter, and a missing one is undefined.
import { PGlite } from '@electric-sql/pglite'
import { Batcher } from 'jitney'

type Person = { id: number; name: string }

const db = await PGlite.create()
await db.exec('create table people (id int primary key, name text not null)')

let statements = 0
async function query(sql: string, parameters: unknown[]): Promise<Person[]> {
  statements += 1
  return (await db.query<Person>(sql, parameters)).rows
}
function report(what: string): void {
  console.log(`${what}, statements: ${statements}`)
  statements = 0
}

const options = { maxBatchSize: 1000 }

const insertAll = 'insert into people select * from unnest($1::int[], $2::text[])'
const inserts = new Batcher(async (people: Person[]) => {
  await query(insertAll, [people.map(({ id }) => id), people.map(({ name }) => name)])
}, options)
const insert = (id: number, name: string): Promise<void> => inserts.process({ id, name })

const findAll = 'select id, name from people where id = any($1::int[])'
const finds = new Batcher(async (ids: number[]) => {
  const people = new Map((await query(findAll, [ids])).map((person) => [person.id, person]))
  return ids.map((id) => people.get(id))
}, options)
const find = (id: number): Promise<Person | undefined> => finds.process(id)

await Promise.all([insert(1, 'Ada'), insert(2, 'Grace')])
report('two rows inserted')
const [grace, ada, nobody] = await Promise.all([find(2), find(1), find(3)])
report(`found ${grace?.name}, ${ada?.name} and ${nobody?.name}`)

const ids = Array.from({ length: 1000 }, (_, index) => 1000 + index)
await Promise.all(ids.map((id) => insert(id, `person ${id}`)))
await Promise.all(ids.map((id) => find(id)))
report('1000 rows inserted and found')

await db.exec('truncate people')
for (const id of ids) await query('insert into people values ($1, $2)', [id, `person ${id}`])
for (const id of ids) await query('select id, name from people where id = $1', [id])
report('the same without batching')
await db.close()

// Output:
// two rows inserted, statements: 1
// found Grace, Ada and undefined, statements: 1
// 1000 rows inserted and found, statements: 2
// the same without batching, statements: 2000
