import { textOf } from './answers.ts'
import type { Connection } from './redis-client.ts'

/**
 * Refuses a server that is too old for the scripts, and warns of one that would throw items away when
 * its memory is full.
 */
export async function checkServer(connection: Pick<Connection, 'send'>): Promise<void> {
  const info = textOf(await connection.send(['INFO']))
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1]
  const version = field('redis_version') ?? '0'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 6 || (major === 6 && minor < 2)) {
    const words = `Cannot use this server: it must be Redis 6.2 or later, or Valkey, received ${version}`
    throw Object.assign(new Error(words), { code: 'JITNEY_REDIS_VERSION' })
  }
  const policy = field('maxmemory_policy') ?? 'noeviction'
  if (policy === 'noeviction') return
  const { process } = globalThis as {
    process?: { emitWarning?: (message: string, options: object) => void }
  }
  process?.emitWarning?.(
    `Redis may throw queued items away when its memory is full: its maxmemory-policy is '${policy}'. Set it to 'noeviction'.`,
    { type: 'JitneyWarning', code: 'JITNEY_REDIS_EVICTION' },
  )
}
