import { createHash } from 'node:crypto'

import type { Connection, RedisArgument } from './redis-client.ts'
import { shared } from './scripts/shared.ts'

/** A Lua script: one step on the server, which nobody sees in the middle. */
export interface Script {
  readonly text: string
  readonly sha: string
}

export function script(body: string): Script {
  const text = `${shared}${body}`
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** Runs a script by its hash; where the server does not know it, with its text. */
export async function run(
  connection: Pick<Connection, 'send'>,
  { text, sha }: Script,
  keys: readonly string[],
  args: readonly (RedisArgument | number)[],
): Promise<unknown> {
  const rest = [
    String(keys.length),
    ...keys,
    ...args.map((arg) => (typeof arg === 'number' ? String(arg) : arg)),
  ]
  try {
    return await connection.send(['EVALSHA', sha, ...rest])
  } catch (error) {
    if (!/NOSCRIPT/.test((error as Error).message)) throw error
    return connection.send(['EVAL', text, ...rest])
  }
}
