/** The clients beside the types of this package: the compiler is the test. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import type { PGlite } from '@electric-sql/pglite'
import type Sqlite from 'better-sqlite3'
import type { MysqlClient } from 'jitney/mysql'
import type { PostgresClient } from 'jitney/postgres'
import type { SqliteDatabase } from 'jitney/sqlite'
import type * as mariadb from 'mariadb'
import type mysql2 from 'mysql2/promise'
import type pg from 'pg'
import { expect, expectTypeOf, it } from 'vitest'

it('takes clients as they are', () => {
  expectTypeOf<pg.Pool>().toExtend<PostgresClient>()
  expectTypeOf<pg.Client>().toExtend<PostgresClient>()
  expectTypeOf<pg.PoolClient>().toExtend<PostgresClient>()
  expectTypeOf<PGlite>().toExtend<PostgresClient>()
  expectTypeOf<mysql2.Pool>().toExtend<MysqlClient>()
  expectTypeOf<mysql2.Connection>().toExtend<MysqlClient>()
  expectTypeOf<mariadb.Pool>().toExtend<MysqlClient>()
  expectTypeOf<mariadb.Connection>().toExtend<MysqlClient>()
  expectTypeOf<Sqlite.Database>().toExtend<SqliteDatabase>()

  const folder = import.meta.dirname
  const compiler = join(folder, '../../node_modules/.bin/tsc')
  // Of the built package, as users have it: under no condition of ours.
  const parameters = ['--project', folder, '--customConditions', 'none']
  const { stdout } = spawnSync(compiler, parameters, { encoding: 'utf8' })
  expect(stdout).toBe('')
})
