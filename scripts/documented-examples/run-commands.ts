import { type ChildProcess, execFile, type ExecFileException, spawn } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'

import type { Session } from './find-commands.ts'

const execute = promisify(execFile)
const longest = 60_000
const service = /^(?:npx )?jitney serve /
const address = 'http://127.0.0.1:8080'

/**
 * Types the commands of a page into `sh`, one after the other, in a folder that holds the page's files.
 * `npx` and `jitney` are those of the sources.
 *
 * A service runs on beside the commands that follow, at a free port in the place of 8080.
 *
 * @returns why a command failed, or `undefined`.
 */
export async function runCommands(session: Session, folder: string): Promise<string | undefined> {
  const { page, files, commands } = session
  const environment = await environmentIn(folder)
  for (const [name, text] of files) await writeFile(join(folder, name), text)
  const services: ChildProcess[] = []
  let reached = address
  try {
    for (const { line, text, prints } of commands) {
      try {
        if (service.test(text)) {
          const child = spawn('sh', ['-c', `exec ${text.replace(' serve ', ' serve --port 0 ')}`], {
            cwd: folder,
            env: environment,
            stdio: ['ignore', 'pipe', 'inherit'],
          })
          services.push(child)
          reached = await addressOf(child)
          continue
        }
        const printed = await outputOf(text.replaceAll(address, reached), folder, environment)
        if (prints === undefined || printed.trimEnd() === prints) continue
        return `${page}:${line}\nexpected ${prints}\ngot ${printed}`
      } catch (error) {
        return `${page}:${line}\n${error instanceof Error ? error.message : String(error)}`
      }
    }
    return undefined
  } finally {
    await Promise.all(services.map(stop))
  }
}

/** An environment in which `npx jitney` and `jitney` start the command from source. */
async function environmentIn(folder: string): Promise<NodeJS.ProcessEnv> {
  const programs = resolve(folder, 'bin')
  await mkdir(programs, { recursive: true })
  const command = resolve('packages/cli/src/bin.ts')
  const start = `exec '${process.execPath}' --conditions=jitney:source --import=tsx '${command}' "$@"`
  for (const [name, script] of [
    ['jitney', start],
    ['npx', `shift\n${start}`],
  ] as const) {
    await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(programs, name), 0o755)
  }
  return { ...process.env, PATH: `${programs}${delimiter}${process.env['PATH']}` }
}

async function outputOf(text: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await execute('sh', ['-c', text], { cwd: folder, env, timeout: longest })
    return stdout
  } catch (error) {
    const { code, stdout, stderr } = error as ExecFileException
    throw new Error(`exit code ${code}\n${stderr}${stdout}`, { cause: error })
  }
}

/** Where a service says that it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((listens, fails) => {
    const timer = setTimeout(() => fails(new Error('the service does not listen')), longest)
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? []
      if (found === undefined) return
      clearTimeout(timer)
      listens(found)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      fails(new Error(`the service ended with exit code ${code}\n${text}`))
    })
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((ends) => {
    child.once('exit', ends)
  })
  child.kill('SIGTERM')
  await ended
}
