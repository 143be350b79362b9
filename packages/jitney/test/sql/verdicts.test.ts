import { describe, expect, it } from 'vitest'

import { verdictOnMysql } from '../../src/sql/mysql/verdict.ts'
import { verdictOnPostgres } from '../../src/sql/postgres/verdict.ts'
import { verdictOnSqlite } from '../../src/sql/sqlite/verdict.ts'

const refused = { code: 'ECONNREFUSED', syscall: 'connect' }
const reset = { code: 'ECONNRESET', syscall: 'read' }

describe('verdictOnPostgres()', () => {
  it.each([
    ['a deadlock', { code: '40P01' }, 'retry', 'no'],
    ['a serialization failure', { code: '40001' }, 'retry', 'no'],
    ['too many connections', { code: '53300' }, 'retry', 'no'],
    ['a server that starts', { code: '57P03' }, 'retry', 'no'],
    ['a server that ends', { code: '57P01' }, 'retry', 'maybe'],
    ['a connection lost', { code: '08006' }, 'retry', 'maybe'],
    ['a key that is there', { code: '23505' }, 'split', 'no'],
    ['a text that is no number', { code: '22P02' }, 'split', 'no'],
    ['no such table', { code: '42P01' }, 'fail', 'no'],
    ['a statement timeout', { code: '57014' }, 'fail', 'no'],
    ['a connection refused', refused, 'retry', 'no'],
    ['several addresses refused', { errors: [refused, refused] }, 'retry', 'no'],
    ['one refused and one lost', { errors: [refused, reset] }, 'retry', 'maybe'],
    ['a connection reset', reset, 'retry', 'maybe'],
    [
      'no connection of the pool',
      new Error('timeout exceeded when trying to connect'),
      'retry',
      'no',
    ],
    ['what nobody knows', new Error('Connection terminated unexpectedly'), 'retry', 'maybe'],
    ['nothing', undefined, 'retry', 'maybe'],
  ])('of %s', (_name, error, action, isDone) => {
    expect(verdictOnPostgres(error)).toMatchObject({ action, isDone })
  })
})

describe('verdictOnMysql()', () => {
  it.each([
    ['a deadlock', { errno: 1213, sqlState: '40001' }, 'retry', 'no'],
    ['a lock timeout', { errno: 1205, sqlState: 'HY000' }, 'retry', 'no'],
    ['a connection killed', { errno: 1927, sqlState: '70100' }, 'retry', 'maybe'],
    ['a server that ends', { errno: 1053, sqlState: '08S01' }, 'retry', 'maybe'],
    ['a key that is there', { errno: 1062, sqlState: '23000' }, 'split', 'no'],
    ['a packet too large', { errno: 1153, sqlState: '08S01' }, 'split', 'no'],
    ['a packet too large for mariadb', { code: 'ER_MAX_ALLOWED_PACKET' }, 'split', 'no'],
    ['a signal of a trigger', { errno: 1644, sqlState: '45000' }, 'split', 'no'],
    ['no such table', { errno: 1146, sqlState: '42S02' }, 'fail', 'no'],
    ["the client's own, gone away", { errno: 2006 }, 'retry', 'maybe'],
    [
      'no connection of the pool',
      { errno: 45_028, code: 'ER_GET_CONNECTION_TIMEOUT' },
      'retry',
      'no',
    ],
    ['a full queue of the pool', new Error('Queue limit reached.'), 'retry', 'no'],
    ['a connection refused', { ...refused, errno: -111 }, 'retry', 'no'],
    ['a connection reset', { ...reset, errno: -104 }, 'retry', 'maybe'],
  ])('of %s', (_name, error, action, isDone) => {
    expect(verdictOnMysql(error)).toMatchObject({ action, isDone })
  })
})

describe('verdictOnSqlite()', () => {
  it.each([
    ['a lock', { code: 'SQLITE_BUSY' }, 'retry', 'SQLITE_BUSY'],
    ['a lock, by a longer code', { code: 'SQLITE_BUSY_SNAPSHOT' }, 'retry', 'SQLITE_BUSY_SNAPSHOT'],
    ['a lock, by number', { errcode: 517, code: 'ERR_SQLITE_ERROR' }, 'retry', '517'],
    [
      'a constraint',
      { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' },
      'split',
      'SQLITE_CONSTRAINT_FOREIGNKEY',
    ],
    ['a constraint, by number', { errcode: 787 }, 'split', '787'],
    ['a full disk', { code: 'SQLITE_FULL' }, 'fail', 'SQLITE_FULL'],
    ['anything else', new TypeError('no'), 'fail', undefined],
  ])('of %s', (_name, error, action, state) => {
    expect(verdictOnSqlite(error)).toEqual({ action, isDone: 'no', state })
  })
})
