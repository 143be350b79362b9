/**
 * What runs statements: a `Pool` or `Client` of pg, a PGlite. Give a pool where batches should run
 * side by side, and no client that is in a transaction of yours: what is stored would go with it.
 */
export interface PostgresClient {
  /** Runs a statement with values for `$1` and so on. */
  query(sql: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}
