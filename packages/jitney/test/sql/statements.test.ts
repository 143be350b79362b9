/** What clients are asked to run, without a database. */
import { describe, expect, it } from 'vitest'

import * as mysql from '../../src/sql/mysql/index.ts'
import * as postgres from '../../src/sql/postgres/index.ts'

interface Asked {
  readonly sql: string
  readonly values: unknown[]
}

const evil = "'); drop table people; --"

describe('insertBatcher() of jitney/postgres', () => {
  const column = { is_array: false, has_array: true, is_required: false, is_key: false }
  const catalog = [
    { name: 'id', type: 'integer', full_type: 'integer', base: 'int4', ...column },
    { name: 'name', type: 'text', full_type: 'text', base: 'text', ...column },
  ]

  function connect(fail: (statement: number) => Error | undefined = () => undefined) {
    const asked: Asked[] = []
    let statements = 0
    const client: postgres.PostgresClient = {
      async query(sql, values) {
        asked.push({ sql, values })
        if (sql.includes('pg_attribute')) return { rows: catalog }
        const error = fail((statements += 1))
        if (error !== undefined) throw error
        return { rows: [] }
      },
    }
    const batcher = postgres.insertBatcher<{ id: number; name: string }>(client, {
      table: ['public', 'people'],
      columns: ['id', 'name'],
    })
    return { asked, batcher }
  }

  it('asks for the table once, and sends one parameter a column', async () => {
    const { asked, batcher } = connect()
    await batcher.processAll([1, 2].map((id) => ({ id, name: evil })))
    await batcher.process({ id: 3, name: 'Ada' })
    const [catalogOf, first, second] = asked
    expect(catalogOf!.values).toEqual(['"public"."people"'])
    expect(first!.values).toEqual(['{1,2}', `{"${evil}","${evil}"}`])
    expect(second).toEqual({ sql: first!.sql, values: ['{3}', '{"Ada"}'] })
    expect(first!.sql).toContain('$1::integer[]')
    expect(asked).toHaveLength(3)
  })

  it('asks again when the table is no longer what it was', async () => {
    const { asked, batcher } = connect((statement) =>
      statement === 1 ? Object.assign(new Error('no such column'), { code: '42703' }) : undefined,
    )
    await expect(batcher.process({ id: 1, name: 'a' })).rejects.toThrow('no such column')
    await batcher.process({ id: 1, name: 'a' })
    expect(asked.filter(({ sql }) => sql.includes('pg_attribute'))).toHaveLength(2)
  })
})

describe('insertBatcher() of jitney/mysql', () => {
  function connect(packet: number) {
    const asked: Asked[] = []
    const client: mysql.MysqlClient = {
      async query(sql, values) {
        asked.push({ sql, values })
        return sql.includes('max_allowed_packet') ? [[{ size: packet }]] : [{ affectedRows: 1 }]
      },
    }
    const batcher = mysql.insertBatcher<{ id: number; name: string }>(client, {
      table: 'peo`ple',
      columns: ['id', 'name'],
    })
    return { asked, batcher }
  }

  it('asks for the size of packets once, and quotes names; values are parameters or digits', async () => {
    const { asked, batcher } = connect(2 ** 24)
    await batcher.processAll([
      { id: 1, name: 'Ada' },
      { id: 2, name: evil },
    ])
    await batcher.process({ id: 3, name: 'Grace' })
    const [size, first, second] = asked
    expect(size!.sql).toContain('max_allowed_packet')
    const digits = Buffer.from(evil).toString('hex')
    expect(first).toEqual({
      sql: `insert into \`peo\`\`ple\` (\`id\`, \`name\`)\nvalues (?, ?),\n(?, _utf8mb4 X'${digits}')`,
      values: [1, 'Ada', 2],
    })
    expect(second!.values).toEqual([3, 'Grace'])
    expect(asked).toHaveLength(3)
  })

  it('makes no statement larger than the server takes', async () => {
    // 4096 bytes of rows: the rest is a reserve for what is around them.
    const { asked, batcher } = connect(20_480)
    const names = Array.from({ length: 20 }, (_, id) => 'ab'[id % 2]!.repeat(1000))
    await batcher.processAll(names.map((name, id) => ({ id, name })))
    const statements = asked.slice(1)
    expect(statements.flatMap(({ values }) => values)).toEqual(
      names.flatMap((name, id) => [id, name]),
    )
    for (const { sql, values } of statements) {
      expect(sql.length + values.join('').length).toBeLessThan(20_480)
    }
    expect(statements).toHaveLength(7)
  })

  it('refuses names with what clients take for a placeholder', () => {
    const client = { query: async () => [] }
    expect(() =>
      mysql.insertBatcher(client, { table: 'who?', columns: ['id'] as never[] }),
    ).toThrow(RangeError)
  })
})
