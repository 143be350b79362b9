import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { type Connected, targets } from './targets.ts'

const serial = {
  postgres: 'serial primary key',
  mysql: 'int auto_increment primary key',
  sqlite: 'integer primary key',
}

describe.each(targets)('insertBatcher() on $name', (target) => {
  let database: Connected
  beforeAll(async () => {
    await target.begin()
    database = await target.connect()
  })
  afterAll(async () => {
    await database?.close()
    await target.end()
  })
  beforeEach(async () => {
    await database.query('drop table if exists people')
    await database.query(
      `create table people (id ${serial[target.dialect]}, name varchar(20) not null unique, age int check (age >= 0))`,
    )
  })
  interface Person {
    name: string
    age?: number | null
  }
  const people = (count: number): Person[] =>
    Array.from({ length: count }, (_, age) => ({ name: `person ${age}`, age }))
  const columns = ['name', 'age'] as const

  it('stores what many callers hand over', async () => {
    const batcher = database.insertBatcher<Person>({ table: 'people', columns })
    expect(await batcher.processAll(people(2500))).toEqual(people(2500).map(() => undefined))
    const [row] = await database.query('select count(*) as n, sum(age) as s from people')
    expect([Number(row!['n']), Number(row!['s'])]).toEqual([2500, (2500 * 2499) / 2])
    await batcher.close()
  })

  it('gives each caller the row that was stored for it', async () => {
    const batcher = database.insertBatcher<Person, { id: number; name: string }>({
      table: 'people',
      columns,
      returning: ['id', 'name'],
    })
    const stored = await batcher.processAll(people(700))
    expect(stored.map(({ name }) => name)).toEqual(people(700).map(({ name }) => name))
    const rows = await database.query('select id, name from people')
    const ids = new Map(rows.map(({ id, name }) => [name, id]))
    expect(stored.map(({ id }) => id)).toEqual(people(700).map(({ name }) => ids.get(name)))
    await batcher.close()
  })

  it('isolates bad rows, and stores the others', async () => {
    const batcher = database.insertBatcher<Person, { id: number; name: string }>({
      table: 'people',
      columns,
      returning: ['name', 'id'],
    })
    const rows = people(50)
    rows[7] = { name: 'person 6' }
    rows[20] = { name: 'negative', age: -1 }
    rows[49] = { name: null as unknown as string }
    const settled = await batcher.processAllSettled(rows)
    expect(settled.flatMap((one, index) => (one.status === 'rejected' ? [index] : []))).toEqual([
      7, 20, 49,
    ])
    const failed = settled[7] as PromiseRejectedResult
    expect(failed.reason).toMatchObject({
      name: 'SqlError',
      code: 'JITNEY_SQL_FAILED',
      isOutcomeKnown: true,
    })
    expect(settled[8]).toMatchObject({ value: { name: 'person 8' } })
    expect(await database.query('select * from people')).toHaveLength(47)
    await batcher.close()
  })

  it('leaves out what is there already', async () => {
    await database.query("insert into people (name, age) values ('person 1', 99)")
    const batcher = database.insertBatcher<Person, { name: string } | undefined>({
      table: 'people',
      columns,
      returning: ['name'],
      onConflict: 'ignore',
    })
    const [first, second] = people(2)
    expect(await batcher.processAll([first!, second!, first!, { name: 'other' }])).toEqual([
      { name: 'person 0' },
      undefined,
      undefined,
      { name: 'other' },
    ])
    await batcher.close()
  })

  it('updates what is there already, the last of a batch in the end', async () => {
    await database.query("insert into people (name, age) values ('person 1', 99)")
    const batcher = database.insertBatcher<Person, { id: number; age: number }>({
      table: 'people',
      columns,
      returning: ['age'],
      onConflict: { columns: ['name'], update: ['age'] },
    })
    const given = [...people(3), { name: 'person 1', age: 7 }, { name: 'person 1', age: 8 }]
    expect(await batcher.processAll(given)).toEqual([0, 1, 2, 7, 8].map((age) => ({ age })))
    const rows = await database.query('select name, age from people order by name')
    expect(rows.map(({ age }) => age)).toEqual([0, 8, 2])
    await batcher.close()
  })

  it('stores rows of a table without a key', async () => {
    await database.query('drop table if exists notes')
    await database.query("create table notes (body varchar(20), kind varchar(20) default 'x')")
    const batcher = database.insertBatcher<{ body: string }, { body: string; kind: string }>({
      table: 'notes',
      columns: ['body'],
      returning: ['kind', 'body'],
    })
    const bodies = Array.from({ length: 1200 }, (_, index) => `${index % 7}`)
    const stored = await batcher.processAll(bodies.map((body) => ({ body })))
    expect(stored).toEqual(bodies.map((body) => ({ body, kind: 'x' })))
    await batcher.close()
  })

  it('fails everybody where there is no such table or column', async () => {
    const nowhere = database.insertBatcher<Person>({ table: 'nowhere', columns })
    await expect(nowhere.process({ name: 'a' })).rejects.toMatchObject({
      code: 'JITNEY_SQL_FAILED',
    })
    const strange = database.insertBatcher<{ x: 1 }>({ table: 'people', columns: ['x'] })
    const settled = await strange.processAllSettled([{ x: 1 }, { x: 1 }])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await nowhere.close()
    await strange.close()
  })
})
