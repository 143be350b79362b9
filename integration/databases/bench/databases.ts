import { mariadbServer } from '../mariadb-server.ts'
import { postgresServer } from '../postgres-server.ts'
import type { ServerKind } from '../server.ts'
import type { Contest, Place } from './contest.ts'

interface Database {
  /** What has to run for it, if anything. */
  readonly server?: () => ServerKind
  /** Loads its client, and no other. */
  begin(place: Place): Promise<Contest>
}

export const databases = {
  SQLite: { begin: async () => (await import('./contests/sqlite.ts')).contest() },
  PGlite: { begin: async () => (await import('./contests/pglite.ts')).contest() },
  PostgreSQL: {
    server: postgresServer,
    begin: async (place) => (await import('./contests/postgres.ts')).contest(place),
  },
  MariaDB: {
    server: mariadbServer,
    begin: async (place) => (await import('./contests/mariadb.ts')).contest(place),
  },
} satisfies Record<string, Database>

export type DatabaseName = keyof typeof databases
