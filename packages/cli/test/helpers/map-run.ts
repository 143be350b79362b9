import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))
const tsx = import.meta.resolve('tsx')
const fromSource = ['--conditions=jitney:source', '--import', tsx]

export interface MapOptions {
  /** What it reads; nothing if it is not given. */
  readonly input?: string | Buffer | Readable
  /** A file descriptor instead. */
  readonly stdin?: number
  readonly stdout?: number
  readonly environment?: Readonly<Record<string, string>>
  /** A shell command that runs it, as `"$@"`. */
  readonly wrapper?: string
}

export interface MapExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A running `jitney map`, killed at the end of the test if it still runs. */
export interface RunningMap {
  readonly process: ChildProcess
  readonly exit: Promise<MapExit>
  /** Resolves when what it wrote to stderr holds this. */
  says(text: string): Promise<void>
}

export function startMap(args: readonly string[], options: MapOptions = {}): RunningMap {
  const { input, stdin = 'pipe', stdout = 'pipe', environment, wrapper } = options
  const command = [process.execPath, ...fromSource, bin, 'map', ...args]
  const [file, ...rest] = wrapper === undefined ? command : ['bash', '-c', wrapper, '-', ...command]
  const child = spawn(file!, rest, {
    stdio: [stdin, stdout, 'pipe'] as StdioOptions,
    env: { ...process.env, NODE_DEBUG: '', ...environment },
  })
  let output = ''
  let errors = ''
  const listeners = new Set<() => void>()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors += text
    for (const listener of listeners) listener()
  })
  const exit = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout: output,
    stderr: errors,
  }))
  if (child.stdin !== null) {
    child.stdin.on('error', () => {})
    if (input === undefined || typeof input === 'string' || Buffer.isBuffer(input)) {
      child.stdin.end(input)
    } else pipeline(input, child.stdin, () => {})
  }
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
  })
  return {
    process: child,
    exit,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (errors.includes(text)) resolve()
        }
        listeners.add(look)
        look()
        void exit.then(() => reject(new Error(`It ended without saying ${text}: ${errors}`)))
      }),
  }
}

/** Runs `jitney map` to its end. */
export function runMap(args: readonly string[], options?: MapOptions): Promise<MapExit> {
  return startMap(args, options).exit
}

/** The lines of a text, read as JSON. */
export function readLines(text: string): readonly unknown[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`Half a line: ${text.slice(-100)}`)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown)
}

/** An empty folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-map-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}
