// The same for a table: rows are stored, changed and read one at a time, and a statement carries all
// who come together. A bad row fails alone. The table's columns and key are asked for by themselves.
import { PGlite } from '@electric-sql/pglite'
import { insertBatcher, loadBatcher, type PostgresClient, statementBatcher } from 'jitney/postgres'

type Product = { id: number; name: string; stock: number }

const db = await PGlite.create()
await db.exec(`create table products (
  id serial primary key, name text not null, stock int not null default 0 check (stock >= 0))`)

let statements = 0
const client: PostgresClient = {
  query(sql, values) {
    // Not those that ask what the table looks like.
    if (!sql.includes('pg_attribute')) statements += 1
    return db.query(sql, values)
  },
}
function report(...what: unknown[]): void {
  console.log(...what.flat(), `statements: ${statements}`)
  statements = 0
}

const inserts = insertBatcher<Omit<Product, 'id'>, Pick<Product, 'id'>>(client, {
  table: 'products',
  columns: ['name', 'stock'],
  returning: ['id'],
})
const names = ['tea', 'milk', 'sugar', 'salt']
report(await inserts.processAll(names.map((name) => ({ name, stock: 10 }))))

const settled = await inserts.processAllSettled([
  { name: 'honey', stock: 5 },
  { name: 'debts', stock: -1 },
])
report(...settled.map((one) => (one.status === 'rejected' ? String(one.reason) : one.value)))

const sales = statementBatcher<{ id: number; sold: number }, { stock: number }>(client, {
  statement: (items) => ({
    sql: `update products set stock = stock - s.sold
      from unnest($1::int[], $2::int[]) with ordinality as s(id, sold, ordinal)
      where products.id = s.id returning s.ordinal, stock`,
    values: [items.map(({ id }) => id), items.map(({ sold }) => sold)],
  }),
})
report(await sales.processAll([1, 2, 99].map((id) => ({ id, sold: id }))))

const finds = loadBatcher<string, Product>(client, { table: 'products', key: 'name' })
report(await finds.processAll(['sugar', 'pepper', 'sugar']))
await Promise.all([inserts, sales, finds].map((batcher) => batcher.close()))
await db.close()

// Output:
// { id: 1 } { id: 2 } { id: 3 } { id: 4 } statements: 1
// { id: 7 } SqlError: Cannot store row: error: new row for relation "products" violates check constraint "products_stock_check" statements: 3
// { stock: 9 } { stock: 8 } undefined statements: 1
// { id: 3, name: 'sugar', stock: 10 } undefined { id: 3, name: 'sugar', stock: 10 } statements: 1
