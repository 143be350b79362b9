import { textOf } from './answers.ts'
import type { Connection, RedisArgument } from './redis-client.ts'
import { shared } from './scripts/shared.ts'

/** A Lua script: one step on the server, which nobody sees in the middle. */
export interface Script {
  readonly text: string
  /** What servers call it, all of them alike; known once one was asked. */
  sha: string | undefined
}

export function script(body: string): Script {
  return { text: `${shared}${body}`, sha: undefined }
}

/** Runs a script by its hash; where the server does not know it, with its text. */
export async function run(
  connection: Pick<Connection, 'send'>,
  wanted: Script,
  keys: readonly string[],
  args: readonly (RedisArgument | number)[],
): Promise<unknown> {
  const { text } = wanted
  const rest = [
    String(keys.length),
    ...keys,
    ...args.map((arg) => (typeof arg === 'number' ? String(arg) : arg)),
  ]
  wanted.sha ??= textOf(await connection.send(['SCRIPT', 'LOAD', text]))
  try {
    return await connection.send(['EVALSHA', wanted.sha, ...rest])
  } catch (error) {
    if (!(error as Error).message.includes('NOSCRIPT')) throw error
    return connection.send(['EVAL', text, ...rest])
  }
}
