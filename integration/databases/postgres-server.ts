import { dirname, join } from 'node:path'

import { findService } from '../services.ts'
import type { ServerKind } from './server.ts'

/** PostgreSQL, whatever version Debian has. */
export function postgresServer(): ServerKind {
  return {
    package: 'postgresql',
    user: 'postgres',
    initialize: (folder) => [
      join(dirname(findService('postgresql') ?? ''), 'initdb'),
      '--pgdata',
      join(folder, 'data'),
      '--username',
      'jitney',
      '--auth',
      'trust',
      '--no-sync',
      '--encoding',
      'UTF8',
      '--locale',
      'C.UTF-8',
    ],
    parameters: (folder, port) => [
      '-D',
      join(folder, 'data'),
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
      '-c',
      'deadlock_timeout=100ms',
    ],
    ready: /database system is ready to accept connections/,
    // Its way to end at once, after which it recovers.
    killedBy: 'SIGQUIT',
  }
}
