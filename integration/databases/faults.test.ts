/** Whatever goes wrong, each caller gets a result, or an error that says what is known. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { type Proxy, startProxy } from './proxy.ts'
import { connectMariadb, connectMysql2, connectPg, type Connected, targets } from './targets.ts'

interface Row {
  id: number
}

const retry = { attempts: 3, minDelay: 0 }
const table = { table: 'items', columns: ['id'], retry } as const

/** Holds what callers were told against what was stored: nothing twice, nothing lost. */
async function expectTruth(
  database: Connected,
  settled: readonly PromiseSettledResult<unknown>[],
): Promise<{ stored: number; refused: number; unknown: number }> {
  const rows = await database.query('select id, count(*) as n from items group by id')
  const counts = new Map(rows.map(({ id, n }) => [Number(id), Number(n)]))
  const told = { stored: 0, refused: 0, unknown: 0 }
  for (const [id, one] of settled.entries()) {
    const count = counts.get(id) ?? 0
    if (one.status === 'fulfilled') {
      told.stored += 1
      if (count !== 1) throw new Error(`The row ${id} was stored ${count} times`)
      continue
    }
    const { name, isOutcomeKnown } = one.reason as { name: string; isOutcomeKnown: boolean }
    expect(name).toBe('SqlError')
    told[isOutcomeKnown ? 'refused' : 'unknown'] += 1
    expect(count).toBeLessThanOrEqual(isOutcomeKnown ? 0 : 1)
  }
  return told
}

describe.each(targets.filter(({ dialect, name }) => dialect !== 'sqlite' && name !== 'PGlite'))(
  'faults of $name',
  (target) => {
    let proxy: Proxy
    let direct: Connected
    let database: Connected
    beforeAll(async () => {
      await target.begin()
      proxy = await startProxy(target.server()!.port, 'items')
      direct = await target.connect()
      database = await target.connect(proxy.port)
    })
    afterAll(async () => {
      await database?.close()
      await direct?.close()
      proxy?.end()
      await target.end()
    })
    beforeEach(async () => {
      await direct.query('drop table if exists items')
      await direct.query('create table items (id int, hits int default 0)')
    })

    it.each(['before', 'after'] as const)(
      'says that the outcome is not known when the connection is cut %s the server acts',
      async (when) => {
        const batcher = database.insertBatcher<Row>(table)
        await batcher.process({ id: 0 })
        const cut = proxy.cut(when)
        const settled = [
          { status: 'fulfilled', value: undefined } as const,
          ...(await batcher.processAllSettled([{ id: 1 }, { id: 2 }])),
        ]
        await cut
        expect(settled[1]).toMatchObject({
          reason: { code: 'JITNEY_SQL_OUTCOME_UNKNOWN', isOutcomeKnown: false },
        })
        expect(await expectTruth(direct, settled)).toEqual({ stored: 1, refused: 0, unknown: 2 })
        const stored = await direct.query('select * from items')
        expect(stored).toHaveLength(when === 'after' ? 3 : 1)
        await batcher.process({ id: 9 })
        await batcher.close()
      },
    )

    it('sends again what may be repeated, and what only reads', async () => {
      await direct.query('create unique index one on items (id)')
      await direct.query('alter table items modify id int not null').catch(() => {})
      const batcher = database.insertBatcher<Row>({
        ...table,
        onConflict: 'ignore',
        idempotent: true,
      })
      await batcher.process({ id: 0 })
      const cut = proxy.cut('after')
      await batcher.processAll([{ id: 1 }, { id: 2 }])
      await cut
      expect(await direct.query('select * from items')).toHaveLength(3)
      const loads = database.loadBatcher<number, Row>({ ...table, columns: ['id'], key: 'id' })
      await loads.process(0)
      const again = proxy.cut('before')
      expect(await loads.processAll([1, 7])).toEqual([{ id: 1 }, undefined])
      await again
      await Promise.all([batcher.close(), loads.close()])
    })

    it('tells every caller the truth when the server is killed in the middle, and goes on', async () => {
      const batcher = direct.insertBatcher<Row>({ ...table, maxBatchSize: 20, concurrency: 4 })
      const calls: Promise<unknown>[] = []
      const call = (count: number): void => {
        const from = calls.length
        for (let id = from; id < from + count; id += 1) calls.push(batcher.process({ id }))
      }
      call(200)
      await Promise.all(calls.slice(0, 100))
      call(200)
      const settledFirst = Promise.allSettled(calls.slice())
      await target.server()!.kill()
      call(100)
      const refused = await Promise.allSettled(calls.slice(-100))
      expect(refused.every(({ status }) => status === 'rejected')).toBe(true)
      await settledFirst
      await target.server()!.start()
      call(100)
      await Promise.all(calls.slice(-100))
      const told = await expectTruth(direct, await Promise.allSettled(calls))
      expect(told.stored).toBeGreaterThanOrEqual(200)
      expect(told.refused).toBeGreaterThanOrEqual(100)
      await batcher.close()
    })

    it('says that nothing was done where no connection is to be had', async () => {
      const port = target.server()!.port
      const small = await Promise.resolve(
        {
          'PostgreSQL with pg': () => connectPg(port, { max: 1, connectionTimeoutMillis: 500 }),
          'MariaDB with mysql2': () =>
            connectMysql2(port, { connectionLimit: 1, waitForConnections: false }),
          'MariaDB with mariadb': () =>
            connectMariadb(port, { connectionLimit: 1, acquireTimeout: 200 }),
        }[target.name as 'PostgreSQL with pg'](),
      )
      const lock =
        target.dialect === 'postgres' ? 'select pg_advisory_lock(1)' : "select get_lock('a', 100)"
      const batcher = small.insertBatcher<Row>(table)
      const holder = await target.connect()
      if (target.dialect === 'mysql') await small.query('select 1')
      await holder.query(lock)
      const waiting = small.query(lock).catch(() => [])
      const [one] = await batcher.processAllSettled([{ id: 0 }])
      expect(one).toMatchObject({ status: 'rejected', reason: { isOutcomeKnown: true } })
      await holder.close()
      await waiting
      expect(await direct.query('select * from items')).toEqual([])
      await batcher.close()
      await small.close()
    })

    it('says that nothing was done after a statement timeout', async () => {
      const port = target.server()!.port
      const timed = await (target.dialect === 'postgres'
        ? connectPg(port, { statement_timeout: 50 })
        : target.connect())
      if (target.dialect === 'mysql') await direct.query('set global max_statement_time = 0.05')
      const impatient = target.dialect === 'mysql' ? await target.connect() : timed
      const wait = target.dialect === 'postgres' ? 'pg_sleep(100) is null' : 'sleep(100)'
      const batcher = impatient.statementBatcher<number>({
        retry,
        statement: (ids) => ({
          sql: `insert into items (id) select ${ids[0]} where ${wait}`,
          values: [],
        }),
      })
      const settled = await batcher.processAllSettled([0, 1])
      expect(await expectTruth(direct, settled)).toEqual({ stored: 0, refused: 2, unknown: 0 })
      await batcher.close()
      if (target.dialect === 'mysql') {
        await direct.query('set global max_statement_time = 0')
        await impatient.close()
      }
      await timed.close()
    })

    it('sends the victim of a deadlock again', async () => {
      await direct.query('alter table items add primary key (id)')
      await direct.query('insert into items (id) values (1), (2), (3), (4), (5), (6)')
      const ordered = (order: readonly number[]) =>
        direct
          .insertBatcher<{ id: number; hits: number }>({
            table: 'items',
            columns: ['id', 'hits'],
            onConflict: { columns: ['id'], update: ['hits'] },
            retry: { attempts: 20, minDelay: 0 },
          })
          .processAll(order.map((id) => ({ id, hits: id })))
      const forth = [1, 2, 3, 4, 5, 6]
      const rounds = Array.from({ length: 20 }, (_, round) =>
        ordered(round % 2 === 0 ? forth : forth.toReversed()),
      )
      await Promise.all(rounds)
      const rows = await direct.query('select hits from items order by id')
      expect(rows.map(({ hits }) => hits)).toEqual(forth)
    })
  },
)
