import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './map-run.ts'

export interface ScreenOptions {
  readonly columns: number
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * A command on a pseudo-terminal, and what the screen of an emulator shows of it. `script` opens the
 * terminal, `stty` resizes it, as a window would.
 */
export class Screen {
  readonly exit: Promise<number | null>
  /** All that was written, with its escape codes. */
  raw = ''
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  readonly #tty: string
  readonly #child: ChildProcess
  readonly #wake = new Set<() => void>()

  /** @param command what bash runs. */
  constructor(command: string, { columns, environment }: ScreenOptions) {
    this.#tty = join(temporaryFolder(), 'tty')
    const script = `tty > ${this.#tty}; stty cols ${columns} rows 24; ${command}`
    this.#terminal = new xterm.Terminal({ cols: columns, rows: 24, allowProposedApi: true })
    this.#child = spawn(
      'script',
      ['-qec', `bash -c '${script.replaceAll("'", `'\\''`)}'`, '/dev/null'],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, NODE_DEBUG: '', TERM: 'xterm-256color', ...environment },
      },
    )
    this.#child.stdout!.on('data', (data: Buffer) => {
      this.raw += data.toString()
      this.#terminal.write(data, () => {
        for (const wake of this.#wake) wake()
      })
    })
    this.exit = once(this.#child, 'close').then(([code]) => code as number | null)
    onTestFinished(async () => {
      this.#child.kill('SIGKILL')
      await this.exit
    })
  }

  /** The rows that hold something. */
  get rows(): readonly string[] {
    const { active } = this.#terminal.buffer
    const rows = Array.from({ length: active.length }, (_, row) =>
      active.getLine(row)!.translateToString(true),
    )
    return rows.filter((row) => row !== '')
  }

  async until(condition: () => boolean): Promise<void> {
    let hasEnded = false
    void this.exit.then(() => {
      hasEnded = true
      for (const wake of this.#wake) wake()
    })
    while (!condition()) {
      if (hasEnded) throw new Error(`It ended: ${this.rows.join('\n')}`)
      await new Promise<void>((resolve) => this.#wake.add(resolve))
    }
  }

  /** What is typed; `\u0003` is Ctrl+C. */
  type(keys: string): void {
    this.#child.stdin!.write(keys)
  }

  resize(columns: number): void {
    this.#terminal.resize(columns, 24)
    const tty = readFileSync(this.#tty, 'utf8').trim()
    const { status, stderr } = spawnSync('stty', ['-F', tty, 'cols', `${columns}`], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`stty failed: ${stderr}`)
  }
}
