import type { DatabaseName } from './databases.ts'
import type { WayName } from './ways.ts'

/** What one process measures. */
export interface Measurement {
  readonly database: DatabaseName
  readonly way: WayName
  /** Rows that are stored in one go. */
  readonly count: number
  /** Of the server, where there is one. */
  readonly port: number
  readonly connections: number
  /** Of processor time: until the code is compiled, and once more while it is measured. */
  readonly seconds: number
}
