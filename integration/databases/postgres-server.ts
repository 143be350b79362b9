import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { firstOf, type ServerKind } from './server.ts'

const versions = '/usr/lib/postgresql'

/** PostgreSQL, whatever version Debian has. */
export function postgresServer(): ServerKind {
  const folders = existsSync(versions) ? readdirSync(versions) : []
  const bins = folders.map((version) => join(versions, version, 'bin'))
  const bin = bins.find((each) => existsSync(join(each, 'initdb'))) ?? ''
  return {
    package: 'postgresql',
    user: 'postgres',
    program: firstOf(join(bin, 'postgres')),
    initialize: (folder) => [
      join(bin, 'initdb'),
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
