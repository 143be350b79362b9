/** What goes in comes out, whatever it holds, and never becomes a part of a statement. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Connected, targets } from './targets.ts'

const types = {
  postgres: {
    text: 'text',
    json: 'jsonb',
    bytes: 'bytea',
    moment: 'timestamptz',
    local: 'timestamp',
    big: 'bigint',
    real: 'float8',
    flag: 'boolean',
  },
  mysql: {
    text: 'text',
    json: 'json',
    bytes: 'blob',
    moment: 'datetime(3)',
    local: 'datetime(3)',
    big: 'bigint',
    real: 'double',
    flag: 'boolean',
  },
  sqlite: {
    text: 'text',
    json: 'text',
    bytes: 'blob',
    moment: 'text',
    local: 'text',
    big: 'integer',
    real: 'real',
    flag: 'integer',
  },
}
const texts = [
  '',
  ' ',
  'null',
  'NULL',
  "it's",
  '"quoted"',
  '\\',
  "\\'; drop table victims; --",
  "'); drop table victims; --",
  '{a,b}',
  '$1 ? :name @x',
  'tab\tline\nreturn\r',
  '\u0001\u001a',
  'naïve 日本語 😀',
  '%_`',
]
const moment = new Date('2024-02-29T12:34:56.789Z')

describe.each(targets)('values on $name', (target) => {
  let database: Connected
  beforeAll(async () => {
    await target.begin()
    database = await target.connect()
    const columns = Object.entries(types[target.dialect]).map(([name, type]) => `"${name}" ${type}`)
    const sql = `create table things (id int primary key, ${columns.join(', ')})`
    await database.query(target.dialect === 'mysql' ? sql.replaceAll('"', '`') : sql)
    await database.query('create table victims (id int)')
  })
  afterAll(async () => {
    await database?.close()
    await target.end()
  })

  interface Thing {
    id: number
    text?: string | null
    json?: unknown
    bytes?: Uint8Array | null
    moment?: Date | null
    local?: Date | null
    big?: bigint | null
    real?: number | null
    flag?: boolean | null
  }
  const names = ['text', 'json', 'bytes', 'moment', 'local', 'big', 'real', 'flag'] as const

  it('come out as they went in', async () => {
    const rows: Thing[] = texts.map((text, index) => ({
      id: index,
      text,
      json: { text, list: [1, null, { deep: text }] },
      bytes: new Uint8Array([0, 39, 92, 255, index]),
      moment,
      local: moment,
      big: 9_007_199_254_740_993n,
      real: index + 0.1,
      flag: index % 2 === 0,
    }))
    rows.push({ id: 100, text: null })
    const things = database.insertBatcher<Thing>({ table: 'things', columns: ['id', ...names] })
    await things.processAll(rows)
    // node:sqlite refuses to read integers that no number holds.
    const read = target.name === 'node:sqlite' ? names.filter((name) => name !== 'big') : names
    const loads = database.loadBatcher<number, Record<string, unknown>>({
      table: 'things',
      key: 'id',
      columns: ['id', ...read],
    })
    const found = await loads.processAll(rows.map(({ id }) => id))
    for (const [index, row] of rows.slice(0, -1).entries()) {
      const { text, json, bytes, moment: at, local, real, flag } = found[index]!
      expect(text).toBe(row.text)
      expect(typeof json === 'string' ? JSON.parse(json) : json).toEqual(row.json)
      expect([...(bytes as Uint8Array)]).toEqual([...row.bytes!])
      expect(new Date(at as Date).getTime()).toBe(moment.getTime())
      // PGlite reads what has no time zone as UTC.
      const zone = target.name === 'PGlite' ? moment.getTimezoneOffset() * 60_000 : 0
      expect(new Date(local as Date).getTime()).toBe(moment.getTime() - zone)
      expect(real).toBe(row.real)
      expect(Boolean(flag)).toBe(row.flag)
    }
    const type = target.dialect === 'mysql' ? 'char' : 'text'
    const [big] = await database.query(`select cast(big as ${type}) as big from things`)
    expect(big).toEqual({ big: '9007199254740993' })
    expect(found.at(-1)).toEqual({
      id: 100,
      ...Object.fromEntries(read.map((name) => [name, null])),
    })
    expect(await database.query('select * from victims')).toEqual([])
    await things.close()
    await loads.close()
  })

  it('are found by any text, and none of them is read as a statement', async () => {
    const loads = database.loadBatcher<string, { id: number }>({
      table: 'things',
      key: 'text',
      columns: ['id'],
    })
    const found = await loads.processAll(["nobody' or '1'='1", ...texts.slice(2), 'unknown'])
    const expected = texts.slice(2).map((_, index) => index + 2)
    expect(found.map((row) => row?.id)).toEqual([undefined, ...expected, undefined])
    await loads.close()
  })

  it('name what they like: tables and columns are quoted', async () => {
    const mark = target.dialect === 'mysql' ? '`' : '"'
    const evil = `x${mark}; drop table victims; --`
    const quoted = mark + evil.replaceAll(mark, mark + mark) + mark
    await database.query(`create table ${quoted} (${quoted} int, id int primary key)`)
    const things = database.insertBatcher<Record<string, number>, Record<string, number>>({
      table: evil,
      columns: ['id', evil],
      returning: [evil],
      onConflict: { columns: ['id'], update: [evil] },
    })
    expect(await things.process({ id: 1, [evil]: 7 })).toEqual({ [evil]: 7 })
    const loads = database.loadBatcher<number, object>({ table: evil, key: evil, columns: ['id'] })
    expect(await loads.processAll([7, 8])).toEqual([{ id: 1 }, undefined])
    const unquoted = database.insertBatcher<{ id: number }>({
      table: 'victims (id) values (1); drop table victims; --',
      columns: ['id'],
    })
    await expect(unquoted.process({ id: 1 })).rejects.toThrow('Cannot store row')
    expect(await database.query('select * from victims')).toEqual([])
    await Promise.all([things.close(), loads.close(), unquoted.close()])
  })

  it('that no column holds fail alone', async () => {
    const things = database.insertBatcher<Thing>({
      table: 'things',
      columns: ['id', 'text', 'moment'],
    })
    const bad = [Symbol('x'), () => 1] as unknown as string[]
    const settled = await things.processAllSettled([
      { id: 200, text: 'a' },
      ...bad.map((text, index) => ({ id: 201 + index, text })),
      { id: 210, moment: new Date(Number.NaN) },
      { id: 211, text: 'b' },
    ])
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    expect(settled[1]).toMatchObject({ reason: { name: 'TypeError', code: 'JITNEY_WRONG_TYPE' } })
    await things.close()
  })
})

const mysql = targets.filter(({ dialect }) => dialect === 'mysql')
describe.each(mysql)('values on $name', (target) => {
  beforeAll(() => target.begin())
  afterAll(() => target.end())

  interface Note {
    id: number
    body: string
  }
  async function stored(notes: readonly Note[]): Promise<Record<string, unknown>[]> {
    // Modes and sizes are those of the connection's first moment.
    const database = await target.connect()
    await database.query('create or replace table notes (id int primary key, body longtext)')
    const before = await statements(database)
    const batcher = database.insertBatcher<Note>({ table: 'notes', columns: ['id', 'body'] })
    await batcher.processAll(notes)
    const rows = await database.query('select body from notes order by id')
    const after = await statements(database)
    await batcher.close()
    await database.close()
    return rows.map((row) => ({ ...row, statements: after - before }))
  }
  async function statements(database: Connected): Promise<number> {
    const [row] = await database.query("show global status like 'Com_insert'")
    return Number(row!['Value'])
  }

  it('are never read as a statement where backslashes escape nothing', async () => {
    const first = await target.connect()
    await first.query("set global sql_mode = 'NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'")
    const bodies = [...texts, "\\', (select 1)); drop table notes; -- "]
    const rows = await stored(bodies.map((body, id) => ({ id, body })))
    expect(rows.map(({ body }) => body)).toEqual(bodies)
    await first.query('set global sql_mode = default')
    await first.close()
  })

  it('are sent in as many statements as max_allowed_packet asks for', async () => {
    const first = await target.connect()
    await first.query('set global max_allowed_packet = 65536')
    // In all 100,000 bytes as they are, and half of them twice that as digits.
    const notes = Array.from({ length: 100 }, (_, id) => ({
      id,
      body: (id % 2 === 0 ? 'plain ' : 'naïve ').repeat(170),
    }))
    const rows = await stored(notes)
    expect(rows.map(({ body }) => body)).toEqual(notes.map(({ body }) => body))
    // 49,152 bytes each: what the server takes, less a reserve.
    expect(rows[0]!['statements']).toBe(4)
    await first.query('set global max_allowed_packet = default')
    await first.close()
  })
})

const pg = targets.filter(({ dialect }) => dialect === 'postgres')
describe.each(pg)('types of PostgreSQL on $name', (target) => {
  it('come out as they went in: arrays, domains, enums, numbers', async () => {
    await target.begin()
    const database = await target.connect()
    for (const sql of [
      "create type mood as enum ('so, so', 'fine')",
      'create domain short as varchar(3)',
      `create table kinds (id bigint generated always as identity primary key, tags text[],
        grid int[], docs jsonb[], mood mood, word short, padded char(4), price numeric(6, 2), doc json,
        days date, span interval, spot box)`,
    ]) {
      await database.query(sql)
    }
    const rows = [
      {
        tags: ['a,b', '"', null, 'null', '\\', ''],
        grid: [
          [1, 2],
          [3, 4],
        ],
        docs: [{ a: ['x"'] }, 'text', null],
      },
      {
        tags: [],
        grid: [],
        mood: 'so, so',
        word: 'abc',
        padded: 'ab',
        price: '12.345',
        doc: 'text',
      },
      { doc: '', days: new Date(2024, 1, 29), span: '1 day', spot: '(1,1),(0,0)' },
      { tags: null },
    ]
    const kinds = database.insertBatcher<object, { id: unknown; tags: unknown }>({
      table: ['public', 'kinds'],
      columns: [
        'tags',
        'grid',
        'docs',
        'mood',
        'word',
        'padded',
        'price',
        'doc',
        'days',
        'span',
        'spot',
      ] as never[],
      returning: ['id', 'tags'],
    })
    const stored = await kinds.processAll(rows)
    expect(stored.map(({ id }) => Number(id))).toEqual([1, 2, 3, 4])
    expect(stored.map(({ tags }) => tags)).toEqual(rows.map(({ tags }) => tags ?? null))
    const [first, second, third] = await database.query('select * from kinds order by id')
    expect(first).toMatchObject({ grid: rows[0]!.grid, docs: rows[0]!.docs })
    expect(second).toMatchObject({
      grid: [],
      mood: 'so, so',
      word: 'abc',
      padded: 'ab  ',
      doc: 'text',
    })
    expect(Number(second!['price'])).toBe(12.35)
    expect(third).toMatchObject({ doc: '' })
    const long = await kinds.processAllSettled([{ word: 'long' }, { word: 'ok' }, { mood: 'bad' }])
    expect(long.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
    await kinds.close()
    await database.close()
    await target.end()
  })

  it('find the row again where the key is rounded, or a trigger changes it', async () => {
    await target.begin()
    const database = await target.connect()
    for (const sql of [
      'create table rounded (k numeric(4, 1) primary key, name text)',
      'create table changed (id int primary key, name text)',
      `create function change() returns trigger language plpgsql as
        $$ begin if new.id = 3 then return null; end if; new.id = new.id + 1000; return new; end $$`,
      'create trigger change before insert on changed for each row execute function change()',
    ]) {
      await database.query(sql)
    }
    const rounded = database.insertBatcher<{ k: number; name: string }, { name: string }>({
      table: 'rounded',
      columns: ['k', 'name'],
      returning: ['name'],
    })
    const names = await rounded.processAll([
      { k: 1.26, name: 'a' },
      { k: 2.34, name: 'b' },
    ])
    expect(names).toEqual([{ name: 'a' }, { name: 'b' }])
    const changed = database.insertBatcher<{ id: number }, { id: number } | undefined>({
      table: 'changed',
      columns: ['id'],
      returning: ['id'],
    })
    const ids = await changed.processAll([1, 2, 3, 4].map((id) => ({ id })))
    expect(ids).toEqual([{ id: 1001 }, { id: 1002 }, undefined, { id: 1004 }])
    // What the table is now is asked for after it no longer fits.
    await database.query('alter table rounded alter name type int using 1')
    const [wrong] = await rounded.processAllSettled([{ k: 3, name: '5' }])
    expect(wrong!.status).toBe('rejected')
    expect(await rounded.process({ k: 4, name: '5' })).toEqual({ name: 5 })
    await Promise.all([rounded.close(), changed.close()])
    await database.close()
    await target.end()
  })
})
