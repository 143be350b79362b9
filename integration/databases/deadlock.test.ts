/** Two transactions that wait for each other; the batch is the one that the database ends. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { connectMysql2, connectPg, type Connected, targets } from './targets.ts'

const served = targets.filter(({ dialect, name }) => dialect !== 'sqlite' && name !== 'PGlite')

/** A batch stops before its second row, until nobody else has the gate. */
const gated = [
  `create or replace function stop() returns trigger language plpgsql as
    $$ begin if new.id = 2 then perform pg_advisory_xact_lock(7); end if; return new; end $$`,
  'create trigger stop before insert on items for each row execute function stop()',
]

function toldOf(one: PromiseSettledResult<undefined>): string {
  if (one.status === 'fulfilled') return 'stored'
  const { code, state } = one.reason as { code: string; state: string }
  return `${code} ${state}`
}

describe.each(served)('a deadlock on $name', (target) => {
  let direct: Connected
  /** Has a transaction. */
  let holder: Connected
  beforeAll(async () => {
    await target.begin()
    direct = await target.connect()
    holder = await connectOne()
  })
  /** Not the pool of mariadb, which rolls back what it gets back. */
  async function connectOne(): Promise<Connected> {
    const port = target.server()!.port
    return target.dialect === 'postgres'
      ? connectPg(port, { max: 1, idleTimeoutMillis: 0 })
      : connectMysql2(port, { connectionLimit: 1 })
  }
  afterAll(async () => {
    await holder?.close()
    await direct?.close()
    await target.end()
  })
  beforeEach(async () => {
    await direct.query('drop table if exists items')
    await direct.query('create table items (id int primary key, hits int)')
    const rows = Array.from({ length: 50 }, (_, id) => `(${id}, 0)`)
    await direct.query(`insert into items values ${rows.join()}`)
    for (const sql of target.dialect === 'postgres' ? gated : []) await direct.query(sql)
  })

  async function until(sql: string): Promise<void> {
    while ((await direct.query(sql)).length === 0);
  }

  /** Has the batch wait for the second row, and the holder for the first, which the batch has. */
  const cross = {
    // Whoever waits last looks for a circle: the batch, which waits for the gate before.
    async postgres(send: () => void): Promise<void> {
      const gate = await connectOne()
      await gate.query('select pg_advisory_lock(7)')
      await holder.query("set local deadlock_timeout = '1h'")
      send()
      const waiting =
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ilike"
      await until(`${waiting} 'insert into "items"%'`)
      const crossed = holder.query('update items set hits = 100 where id = 1')
      await until(`${waiting} 'update items%'`)
      await gate.query('select pg_advisory_unlock(7)')
      await crossed
      await gate.close()
    },
    // The one that has changed less is ended.
    async mysql(send: () => void): Promise<void> {
      await holder.query('update items set hits = 100 where id > 2')
      send()
      // Not `innodb_trx`, which stays as it was while it is asked for again and again.
      await until(
        "show global status where variable_name = 'Innodb_row_lock_current_waits' and value > 0",
      )
      await holder.query('update items set hits = 100 where id = 1')
    },
    sqlite: () => Promise.reject(new Error('It has one writer')),
  }

  it.each([
    { attempts: 1, ends: 'and fails', hits: [100, 100] },
    { attempts: 3, ends: 'and is stored', hits: [1, 2] },
  ])('is sent $attempts times at most $ends', async ({ attempts, hits }) => {
    const batcher = direct.insertBatcher<{ id: number; hits: number }>({
      table: 'items',
      columns: ['id', 'hits'],
      onConflict: { columns: ['id'], update: ['hits'] },
      retry: { attempts, minDelay: 0 },
    })
    await holder.query('begin')
    await holder.query('update items set hits = 100 where id = 2')
    let settled: Promise<PromiseSettledResult<undefined>[]> | undefined
    await cross[target.dialect](() => {
      settled = batcher.processAllSettled([1, 2].map((id) => ({ id, hits: id })))
    })
    await holder.query('commit')
    const outcomes = await settled!
    const failure = `JITNEY_SQL_FAILED ${target.dialect === 'postgres' ? '40P01' : '40001'}`
    const told = attempts === 1 ? failure : 'stored'
    expect(outcomes.map(toldOf)).toEqual([told, told])
    const rows = await direct.query('select hits from items where id in (1, 2) order by id')
    expect(rows.map((row) => row['hits'])).toEqual(hits)
    await batcher.close()
  })
})
