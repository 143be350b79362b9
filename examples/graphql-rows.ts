// Resolvers that read a table: one `loadBatcher` for all requests, a statement per level for all
// that run together. It has no cache, so nobody sees what is old, or what another one may see.
import { PGlite } from '@electric-sql/pglite'
import { buildSchema, graphql } from 'graphql'
import { loadBatcher, type PostgresClient } from 'jitney/postgres'

type Row = { id: number; title: string; author: number }

const db = await PGlite.create()
await db.exec(`
  create table authors (id int primary key, name text);
  insert into authors values (1, 'Ada'), (2, 'Grace');
  create table books (id int primary key, title text, author int);
  insert into books values (10, 'Notes', 1), (11, 'Bugs', 2), (12, 'Engines', 1), (13, 'Lost', 7)`)

const client: PostgresClient = {
  query(sql, values) {
    const [, table] = /join "(\w+)"/.exec(sql) ?? []
    // Else it asks what the table looks like.
    if (table !== undefined) console.log(`select from ${table}: ${values.join()}`)
    return db.query(sql, values)
  },
}
const books = loadBatcher<number, Row>(client, { table: 'books', key: 'id' })
const authors = loadBatcher<number, { name: string }>(client, { table: 'authors', key: 'id' })

const schema = buildSchema(`
  type Author { name: String! }
  type Book { title: String!, author: Author }
  type Query { book(id: Int!): Book }
`)
const rootValue = {
  async book({ id }: { id: number }): Promise<object | undefined> {
    const row = await books.process(id)
    return row && { title: row.title, author: () => authors.process(row.author) }
  },
}

const ask = async (source: string): Promise<void> =>
  console.log(JSON.stringify((await graphql({ schema, source, rootValue })).data))
await Promise.all([
  ask('{ a: book(id: 10) { title, author { name } }, b: book(id: 12) { author { name } } }'),
  ask('{ a: book(id: 11) { author { name } }, b: book(id: 13) { title, author { name } } }'),
  ask('{ a: book(id: 10) { title }, b: book(id: 99) { title } }'),
])
await Promise.all([books.close(), authors.close(), db.close()])

// Output:
// select from books: {"10","12","11","13","99"}
// {"a":{"title":"Notes"},"b":null}
// select from authors: {"1","2","7"}
// {"a":{"title":"Notes","author":{"name":"Ada"}},"b":{"author":{"name":"Ada"}}}
// {"a":{"author":{"name":"Grace"}},"b":{"title":"Lost","author":null}}
