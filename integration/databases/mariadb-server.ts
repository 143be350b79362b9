import { join } from 'node:path'

import type { ServerKind } from './server.ts'

export function mariadbServer(): ServerKind {
  return {
    package: 'mariadb-server',
    user: 'mysql',
    initialize: (folder) => [
      '/usr/bin/mariadb-install-db',
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      // Not shared: two servers would delete each other's files.
      `--tmpdir=${folder}`,
    ],
    parameters: (folder, port) => [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--socket=${join(folder, 'socket')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--skip-log-bin',
      `--tmpdir=${folder}`,
      '--innodb-flush-log-at-trx-commit=2',
      '--skip-name-resolve',
    ],
    ready: /ready for connections/,
    killedBy: 'SIGKILL',
  }
}
