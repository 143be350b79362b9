/**
 * What runs statements: a `Pool` or `Connection` of mysql2/promise or of mariadb. Give a pool where
 * batches should run side by side, and no connection that is in a transaction of yours: what is
 * stored would go with it.
 */
export interface MysqlClient {
  /** Runs a statement with values for each `?`. */
  query(sql: string, values: unknown[]): Promise<unknown>
}
