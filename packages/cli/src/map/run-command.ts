import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { ItemError } from './item-error.ts'
import { tooLarge } from './result-of-text.ts'

const mostOfStderr = 4096
const graceMilliseconds = 2000

export interface CommandOptions {
  /** What it reads from its standard input; nothing if it is not given. */
  readonly input: string | undefined
  readonly maxResultSize: number
  /** Ends the command: SIGTERM, then SIGKILL. */
  readonly signal: AbortSignal | undefined
  /** Told of each process, until it has ended. */
  readonly running: Set<number>
}

/**
 * Runs a command and resolves to what it wrote. Rejects with an `ItemError` if it could not be
 * started or did not end with exit code 0.
 *
 * It is the leader of a process group of its own: Ctrl+C on the terminal does not reach it, and what
 * it started ends with it.
 */
export function runCommand(
  [file, ...args]: readonly string[],
  { input, maxResultSize, signal, running }: CommandOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(file!, args, {
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const { pid } = child
    if (pid === undefined) {
      child.on('error', (error) => {
        reject(cannotStart(file!, error))
      })
      return
    }
    running.add(pid)
    let failure: Error | undefined
    let grace: NodeJS.Timeout | undefined
    const end = (): void => {
      failure ??= signal!.reason as Error
      killGroup(pid, 'SIGTERM')
      grace = setTimeout(() => {
        killGroup(pid, 'SIGKILL')
      }, graceMilliseconds)
    }
    signal?.addEventListener('abort', end)

    const output = collect(child.stdout!, maxResultSize, () => {
      failure ??= tooLarge('The output', maxResultSize)
      killGroup(pid, 'SIGKILL')
    })
    let errors = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-mostOfStderr)
    })
    // It may end without reading what it is given.
    child.stdin?.on('error', () => {}).end(input)
    child.on('close', (code, killedBy) => {
      clearTimeout(grace)
      signal?.removeEventListener('abort', end)
      running.delete(pid)
      if (failure !== undefined) reject(failure)
      else if (code === 0) resolve(Buffer.concat(output))
      else reject(failed(code, killedBy, errors))
    })
  })
}

/** Ends a command and all that it started. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}

function collect(stream: Readable, maxSize: number, onTooMuch: () => void): Buffer[] {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxSize) chunks.push(chunk)
    else {
      chunks.length = 0
      onTooMuch()
    }
  })
  return chunks
}

function cannotStart(file: string, error: Error): ItemError {
  return new ItemError('JITNEY_COMMAND_FAILED', `Cannot run ${file}: ${error.message}`, {
    cause: error,
    isRetryable: true,
  })
}

function failed(code: number | null, signal: NodeJS.Signals | null, errors: string): ItemError {
  const how = code === null ? `killed by ${signal}` : `exit code ${code}`
  const last = errors.trim().split('\n').at(-1) ?? ''
  return new ItemError('JITNEY_COMMAND_FAILED', last === '' ? how : `${how}: ${last.trim()}`, {
    isRetryable: true,
  })
}
