import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const postgresVersions = '/usr/lib/postgresql'

/** The servers and tools that tests start, by Debian's package: where each is, if it is there. */
const programs = {
  chromium: () => firstOf(process.env['JITNEY_CHROMIUM'] ?? '/usr/bin/chromium'),
  kcat: () => firstOf('/usr/bin/kcat'),
  'mariadb-server': () => firstOf('/usr/sbin/mariadbd', '/usr/libexec/mariadbd'),
  postgresql: () => {
    const versions = existsSync(postgresVersions) ? readdirSync(postgresVersions) : []
    return firstOf(...versions.map((each) => join(postgresVersions, each, 'bin/postgres')))
  },
  'rabbitmq-server': () => firstOf('/usr/lib/rabbitmq/bin/rabbitmq-server'),
  'redis-server': () => firstOf('/usr/bin/redis-server'),
  strace: () => firstOf('/usr/bin/strace'),
  'valkey-server': () => firstOf(process.env['JITNEY_VALKEY'] ?? '/usr/bin/valkey-server'),
} satisfies Record<string, () => string | undefined>

export type Service = keyof typeof programs

/** Debian 12 has it in its backports alone: tests use one that is there, and nothing installs it. */
const elsewhere: ReadonlySet<string> = new Set(['valkey-server'])

/**
 * Whether tests may install what is missing (`install`), and whether they must run (`require`, which
 * installs as well).
 */
const mode = process.env['JITNEY_SERVICES']

/** Where the program of a package is; `undefined`, said aloud, if it is not there. */
export function findService(name: Service): string | undefined {
  const program = programs[name]()
  if (program !== undefined) return program
  const isElsewhere = elsewhere.has(name)
  const remedy = isElsewhere ? 'name it in JITNEY_VALKEY' : 'set JITNEY_SERVICES=install'
  const words = `There is no ${name}: install it, or ${remedy}`
  if (mode === 'require' && !isElsewhere) throw new Error(words)
  console.warn(`\nNOT TESTED. ${words}\n`)
  return undefined
}

/** Installs what is missing of these, if it may: at once, since two installations exclude each other. */
export function installServices(names = Object.keys(programs) as readonly Service[]): void {
  const missing = names.filter((name) => programs[name]() === undefined && !elsewhere.has(name))
  if (missing.length === 0 || (mode !== 'install' && mode !== 'require')) return
  apt('update')
  apt('install', '--yes', '--no-install-recommends', ...missing)
}

function apt(...parameters: readonly string[]): void {
  const command = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive']
  const [program = '', ...rest] = [...command, 'apt-get', ...parameters]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, error } = spawnSync(program, rest, {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) console.warn(`Cannot ${parameters[0]} packages: ${error ?? `exit ${status}`}`)
}

/** The first of these files that is there. */
function firstOf(...files: string[]): string | undefined {
  return files.find((file) => existsSync(file))
}
