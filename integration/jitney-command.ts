import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

const bin = join(import.meta.dirname, '../packages/cli/dist/bin.js')

/** A running `jitney`, killed at the end of the test if it still runs. */
export interface Running {
  readonly child: ChildProcess
  readonly exit: Promise<number | null>
  out(): string
  err(): string
  /** Resolves when standard output has it. */
  says(words: string | RegExp): Promise<void>
}

export function startJitney(
  parameters: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Running {
  const child = spawn(process.execPath, [bin, ...parameters], {
    cwd,
    env: { ...process.env, ...env },
  })
  let out = ''
  let err = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    for (const look of waiting) look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const exit = once(child, 'close').then(([code]) => {
    for (const look of waiting) look()
    return code as number | null
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const says = (words: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const isThere = typeof words === 'string' ? out.includes(words) : words.test(out)
        if (!isThere && child.exitCode === null && child.signalCode === null) return
        waiting.delete(look)
        if (isThere) resolve()
        else reject(new Error(`jitney ended:\n${out}${err}`))
      }
      waiting.add(look)
      look()
    })
  return { child, exit, out: () => out, err: () => err, says }
}

/** A service that listens, and where. */
export interface RunningService extends Running {
  readonly url: string
}

export async function listening(started: Running): Promise<RunningService> {
  await started.says(/^Try: /m)
  return { ...started, url: /^Listening on (\S+)$/m.exec(started.out())![1]! }
}
