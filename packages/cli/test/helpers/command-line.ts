import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const fromSource = ['--conditions=jitney:source', '--import', 'tsx']
const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running `jitney`, killed at the end of the test if it still runs. */
export class CommandLine {
  readonly process: ChildProcess
  readonly exit: Promise<Exit>
  stdout = ''
  stderr = ''
  readonly messages: unknown[] = []
  #wake = new Set<() => void>()

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.process = spawn(process.execPath, [...fromSource, bin, ...args], {
      cwd: root,
      env: { ...process.env, NODE_DEBUG: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.process.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#changed()
    })
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#changed()
    })
    this.process.on('message', (message) => {
      this.messages.push(message)
      this.#changed()
    })
    this.exit = once(this.process, 'close').then(([code, signal]) => {
      this.#changed()
      return { code: code as number | null, signal: signal as NodeJS.Signals | null }
    })
    onTestFinished(async () => {
      this.process.kill('SIGKILL')
      await this.exit
    })
  }

  /** Resolves when this holds; rejects if the process ends before. */
  async until(condition: () => boolean): Promise<void> {
    let exited = false
    void this.exit.then(() => {
      exited = true
    })
    while (!condition()) {
      if (exited) throw new Error(`jitney ended:\n${this.stdout}${this.stderr}`)
      await new Promise<void>((resolve) => this.#wake.add(resolve))
    }
  }

  #changed(): void {
    for (const wake of this.#wake) wake()
    this.#wake.clear()
  }
}

/** Starts `jitney serve` on a free port and resolves when it listens. */
export async function serve(
  file: string,
  flags: readonly string[] = [],
  environment?: Readonly<Record<string, string>>,
): Promise<CommandLine & { readonly url: string; readonly port: number }> {
  const command = new CommandLine(['serve', file, '--port', '0', ...flags], environment)
  await command.until(() => /^Try: /m.test(command.stdout))
  const url = /^Listening on (\S+)$/m.exec(command.stdout)![1]!
  return Object.assign(command, { url, port: Number(new URL(url).port) })
}

/** Runs `jitney` to its end. */
export async function run(
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> {
  const command = new CommandLine(args, environment)
  const exit = await command.exit
  return { ...exit, stdout: command.stdout, stderr: command.stderr }
}
