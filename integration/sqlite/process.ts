import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A program of this folder that runs, and what it has printed. */
export interface Program {
  readonly child: ChildProcess
  readonly lines: readonly string[]
  /** Its lines that are JSON. */
  records<Shape>(): Shape[]
  /** Resolves when it has printed so. */
  said(done: (line: string) => boolean): Promise<void>
  /** Resolves to how it ended. */
  readonly ended: Promise<number | NodeJS.Signals>
  kill(signal: NodeJS.Signals): Promise<void>
}

export function start(name: string, ...parameters: readonly (string | number)[]): Program {
  return startWith([process.execPath], name, ...parameters)
}

/** @param command what is started in its place, with the runtime and the program as arguments. */
export function startWith(
  command: readonly [string, ...string[]],
  name: string,
  ...parameters: readonly (string | number)[]
): Program {
  const file = fileURLToPath(new URL(`programs/${name}.js`, import.meta.url))
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const [program, ...before] = command
  const child = spawn(program, [...before, file, ...parameters.map(String)], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const listeners = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    for (const listener of listeners) listener()
  })
  const ended = once(child, 'close').then(
    ([code, signal]) => (signal ?? code) as number | NodeJS.Signals,
  )
  return {
    child,
    lines,
    records: <Shape>() =>
      lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Shape),
    said: (done) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!lines.some(done)) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
        void ended.then((end) => {
          reject(new Error(`${name} ended with ${end}, and had said ${lines.length} lines`))
        })
      }),
    ended,
    kill: async (signal) => {
      child.kill(signal)
      await ended
    },
  }
}
