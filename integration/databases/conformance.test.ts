import { conformance, type ConformanceCase, type ConformanceRun } from 'jitney/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Connected, type Target, targets } from './targets.ts'

const none = 'not applicable'
const batching = { maxBatchSize: 40, concurrency: 3, retry: { attempts: 10, minDelay: 0 } }

/** What is called 'later' is refused once, as by a deadlock. */
const laterOnce = {
  postgres: [
    'create sequence tries',
    `create function refuse() returns trigger language plpgsql as $$ begin
      if new.name = 'later' and nextval('tries') = 1 then
        raise exception 'deadlock' using errcode = '40P01'; end if; return new; end $$`,
    'create trigger refuse before insert on items for each row execute function refuse()',
  ],
  mysql: [
    `create trigger refuse before insert on items for each row begin
      if new.name = 'later' and @tried is null then set @tried = 1;
        signal sqlstate '40001' set mysql_errno = 1213; end if; end`,
  ],
  sqlite: [],
}

async function connected(target: Target): Promise<Connected> {
  const database = await target.connect()
  await database.query('drop table if exists items')
  if (target.dialect === 'postgres') {
    await database.query('drop sequence if exists tries')
    await database.query('drop function if exists refuse')
  }
  await database.query('create table items (id int, name varchar(20) not null)')
  return database
}

function runOf<One, Result>(
  target: Target,
  database: Connected,
  processor: ConformanceRun<One, Result>['processor'] & { abort(): void },
): ConformanceRun<One, Result> {
  return {
    processor,
    stopServer: () => target.server()!.kill(),
    startServer: () => target.server()!.start(),
    end: async () => {
      processor.abort()
      await database.close()
    },
  }
}

interface Item {
  id: number
  name: string
}

/** Rows of node:sqlite have no prototype. */
function plain<Row extends object | undefined>(row: Row): Row {
  return row && { ...row }
}

function inserts(target: Target): readonly ConformanceCase[] {
  const big = target.dialect === 'postgres' ? 90_000_000 : 20_000_000
  return conformance<Item, Item, Item>({
    start: async () => {
      const database = await connected(target)
      for (const sql of laterOnce[target.dialect]) await database.query(sql)
      const options = {
        table: 'items',
        columns: ['id', 'name'],
        returning: ['id', 'name'],
      } as const
      const batcher = database.insertBatcher<Item, Item>({ ...options, ...batching })
      return runOf(target, database, batcher)
    },
    item: (id) => ({ id, name: `item ${id}` }),
    result: (id) => ({ id, name: `item ${id}` }),
    view: plain,
    failingItem: { id: 1, name: null as unknown as string },
    oversizeItem: target.dialect === 'sqlite' ? none : { id: 1, name: 'x'.repeat(big) },
    missing: none,
    unprocessed:
      target.dialect === 'sqlite'
        ? none
        : { item: { id: 7, name: 'later' }, result: { id: 7, name: 'later' } },
    shuffled: none,
    outage: target.server() === undefined ? none : 'fails',
    slowItem: none,
  })
}

function loads(target: Target): readonly ConformanceCase[] {
  const start = async (): Promise<ConformanceRun<number, Item | undefined>> => {
    const database = await connected(target)
    const rows = Array.from({ length: 1000 }, (_, id) => `(${id}, 'item ${id}')`)
    await database.query(`insert into items values ${rows.toReversed().join()}`)
    const batcher = database.loadBatcher<number, Item>({ table: 'items', key: 'id', ...batching })
    return runOf(target, database, batcher)
  }
  return conformance<number, Item | undefined, Item | undefined>({
    start,
    item: (id) => id,
    result: (id) => ({ id, name: `item ${id}` }),
    view: plain,
    failingItem: Symbol('no key') as unknown as number,
    oversizeItem: none,
    missing: { item: 5000, result: undefined },
    unprocessed: none,
    shuffled: start,
    outage: target.server() === undefined ? none : 'fails',
    slowItem: none,
  })
}

interface Square {
  square: number | bigint
}

/** Squares, from the database; the item 9999 waits for a lock. */
function statements(target: Target): readonly ConformanceCase[] {
  const dialect = target.dialect
  const isSlow = target.server() !== undefined
  const lock = dialect === 'postgres' ? 'pg_advisory_lock(1) is null' : "get_lock('lock', 100)"
  return conformance<number, Square | undefined, number | undefined>({
    start: async () => {
      const database = await connected(target)
      const holder = isSlow ? await target.connect() : undefined
      if (isSlow) await holder?.query(`select ${lock}`)
      const batcher = database.statementBatcher<number, Square>({
        ...batching,
        statement: (items) => {
          const place = (index: number): string =>
            dialect === 'postgres' ? `$${index + 1}::int` : '?'
          const wait = items.includes(9999) && isSlow ? ` where ${lock}` : ''
          const rows = items.flatMap((item, index) =>
            item === 5000 ? [] : [`select ${index + 1} as ordinal, ${place(index)} as n`],
          )
          const sql = `select i.ordinal, i.n * i.n as square from (${rows.join(' union all ')}) i${wait}`
          if (items.includes(-1)) throw new Error('negative')
          return { sql, values: items.filter((item) => item !== 5000) }
        },
      })
      const run = runOf(target, database, batcher)
      return {
        ...run,
        end: async () => {
          await holder?.close()
          await run.end()
        },
      }
    },
    item: (n) => n,
    result: (n) => n * n,
    // mariadb gives bigints.
    view: (row) => (row === undefined ? row : Number(row.square)),
    failingItem: none,
    oversizeItem: none,
    missing: none,
    unprocessed: none,
    shuffled: none,
    outage: isSlow ? 'fails' : none,
    slowItem: isSlow ? 9999 : none,
  })
}

describe.each(targets)('on $name', (target) => {
  beforeAll(() => target.begin())
  afterAll(() => target.end())

  const isServed = target.name !== 'PGlite' && target.dialect !== 'sqlite'
  // The server is there when a case runs, and asked for when cases are made.
  const known = {
    ...target,
    server: () => target.server() ?? (isServed ? ({} as never) : undefined),
  }
  describe.each([
    ['insertBatcher()', inserts(known)],
    ['loadBatcher()', loads(known)],
    ['statementBatcher()', statements(known)],
  ])('%s', (_name, cases) => {
    it.each(cases)('$name', async ({ run }) => {
      await expect(run()).resolves.toBe(undefined)
    })
  })
})
