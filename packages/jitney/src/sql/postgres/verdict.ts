import { type Verdict, verdictOnClient } from '../verdict.ts'

// https://www.postgresql.org/docs/current/errcodes-appendix.html

/** Failed for want of luck or room, and was rolled back. */
const transient = /^(40001|40P01|55P03|53...|57P03|0800[14])$/
/** The connection ended while the statement ran, or before its answer was read. */
const lost = /^(08...|57P0[1245])$/
/** May be about a single row: its values, its constraints, its triggers, its size, who may write it. */
const ofRow = /^(2[1237]...|44...|54...|P0...|42501|42804|45...)$/

/** Words of pg about statements that it never sent. */
const unsent =
  /^(timeout exceeded when trying to connect|Connection terminated due to connection timeout|Client was closed and is not queryable|Client has encountered a connection error and is not queryable|Cannot use a pool after calling end on the pool|PGlite is closed|Connection terminated)$/

/** What becomes of items whose statement failed with this. */
export function verdictOnPostgres(error: unknown): Verdict {
  const { code: state } = Object(error) as { code?: unknown }
  // Node's codes, EPIPE for one, begin with an E; no class of SQLSTATE does.
  if (typeof state !== 'string' || !/^[0-9FHPX][0-9A-Z]{4}$/.test(state)) {
    return verdictOnClient(error, ({ message }) => unsent.test(String(message)))
  }
  if (transient.test(state)) return { action: 'retry', isDone: 'no', state }
  if (lost.test(state)) return { action: 'retry', isDone: 'maybe', state }
  return { action: ofRow.test(state) ? 'split' : 'fail', isDone: 'no', state }
}
