/**
 * What runs statements: a `Pool` or `Client` of pg, a PGlite. Give a pool where batches should run
 * side by side, and no client that is in a transaction of yours: what is stored would go with it.
 */
export interface PostgresClient {
  query(sql: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}
