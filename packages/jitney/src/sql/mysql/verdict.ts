import { type Verdict, verdictOnClient } from '../verdict.ts'

// https://mariadb.com/kb/en/mariadb-error-codes/, https://dev.mysql.com/doc/mysql-errors/8.4/en/

/** Failed for want of luck or room, and was rolled back: no places, disk full, locks, deadlock. */
const transient = new Set([1020, 1021, 1040, 1041, 1203, 1205, 1213, 1226])
/** The connection ended while the statement ran, or before its answer was read. */
const lost = new Set([1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927])
/** About a single row, though their states do not tell. */
const ofRow = new Set([
  1048, 1062, 1118, 1153, 1216, 1217, 1264, 1265, 1292, 1366, 1369, 1406, 1416, 1451, 1452, 1526,
  1644, 1690, 3140, 3819, 4025,
])

/** What mysql2 and mariadb say of statements that they never sent. */
const unsentCodes = new Set([
  'ER_GET_CONNECTION_TIMEOUT',
  'ER_POOL_ALREADY_CLOSED',
  'ER_CONNECTION_TIMEOUT',
  'ER_CMD_CONNECTION_CLOSED',
  'ER_CMD_NOT_EXECUTED_DESTROYED',
  'ER_SOCKET_CREATION_FAIL',
])
const unsentWords =
  /^(Queue limit reached|Pool is closed|No connections available|connect ETIMEDOUT|Can't add new command when connection is in closed state)/

/** What becomes of items whose statement failed with this. */
export function verdictOnMysql(error: unknown): Verdict {
  const { errno, sqlState, code } = Object(error) as Record<string, unknown>
  const state = typeof sqlState === 'string' ? sqlState : undefined
  if (code === 'ER_MAX_ALLOWED_PACKET') return { action: 'split', isDone: 'no', state }
  // Below and between are the client's own.
  if (typeof errno !== 'number' || errno < 1000 || errno >= 45_000 || isClients(errno)) {
    return verdictOnClient(
      error,
      (fields) => unsentCodes.has(String(fields.code)) || unsentWords.test(String(fields.message)),
    )
  }
  if (transient.has(errno)) return { action: 'retry', isDone: 'no', state }
  if (lost.has(errno)) return { action: 'retry', isDone: 'maybe', state }
  const isOfRow = ofRow.has(errno) || /^(22|23|44|45)/.test(state ?? '')
  return { action: isOfRow ? 'split' : 'fail', isDone: 'no', state }
}

/** Numbers of the client library: 2006, "gone away", for one. */
function isClients(errno: number): boolean {
  return errno >= 2000 && errno < 3000
}
