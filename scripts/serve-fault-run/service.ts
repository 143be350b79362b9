import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url))
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const module = file('model.mjs')

/** The `jitney serve` that is put to the test, and the configuration that it reloads. */
export class ServiceUnderTest {
  readonly child: ChildProcess
  readonly exit: Promise<readonly [code: number | null, signal: string | null]>
  readonly lines: string[] = []
  readonly #config: string
  readonly #waiting: { readonly pattern: RegExp; readonly resolve: (line: string) => void }[] = []
  readonly #upstream: string
  #reloads = 0

  /** @param port where the server behind two of the routes listens. */
  constructor(folder: string, port: number) {
    this.#upstream = `http://127.0.0.1:${port}`
    this.#config = join(folder, 'jitney.config.json')
    this.#write()
    const flags = ['--expose-gc', '--conditions=jitney:source', '--import', 'tsx']
    this.child = spawn(process.execPath, [...flags, bin, 'serve', this.#config, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const output of [this.child.stdout!, this.child.stderr!]) {
      createInterface({ input: output }).on('line', (line) => this.#heard(line))
    }
    this.exit = once(this.child, 'close').then(([code, signal]) => [code, signal] as const)
  }

  /** Resolves to the next line that looks so; rejects if the service ends before. */
  says(pattern: RegExp): Promise<string> {
    const said = new Promise<string>((resolve) => this.#waiting.push({ pattern, resolve }))
    const ended = this.exit.then((): never => {
      throw new Error(`The service ended: ${this.lines.slice(-5).join('\n')}`)
    })
    return Promise.race([said, ended])
  }

  /** Has it load another configuration; every fifth is none, which must change nothing. */
  async reload(): Promise<void> {
    this.#reloads += 1
    const isBroken = this.#reloads % 5 === 0
    if (isBroken) writeFileSync(this.#config, '{ "routes": {} }')
    else this.#write()
    const said = this.says(/^(Reloaded|Cannot reload)/)
    this.child.kill('SIGHUP')
    const line = await said
    if (line.startsWith('Reloaded') === isBroken) throw new Error(`After SIGHUP: ${line}`)
  }

  #write(): void {
    const sizes = [8, 16, 64]
    const common = { kind: 'module', module, concurrency: 4, maxQueueSize: 200 }
    const maxBatchSize = sizes[this.#reloads % sizes.length]
    const bounded = { maxBatchSize, maxQueueSize: 200, timeout: 1000 }
    const served = { ...bounded, kind: 'http', concurrency: 4, retry: { attempts: 2 } }
    const warmUp = [{ number: 0 }]
    const routes = {
      steady: { ...common, maxBatchSize, keyHeader: 'X-Tenant' },
      moody: { ...common, maxBatchSize, timeout: 100 },
      threads: { ...bounded, kind: 'module', module: file('threads.mjs'), threads: 2, warmUp },
      program: {
        ...bounded,
        kind: 'process',
        exec: [process.execPath, file('program.mjs')],
        processes: 2,
        restart: { minDelay: 20, maxDelay: 200 },
        warmUp,
      },
      upstream: { ...served, url: `${this.#upstream}/any`, idempotent: true },
      once: { ...served, url: `${this.#upstream}/once` },
      audit: { kind: 'module', module },
    }
    writeFileSync(this.#config, JSON.stringify({ maxBodySize: 65_536, maxStreams: 3, routes }))
  }

  #heard(line: string): void {
    this.lines.push(line)
    // What is said in between is the failures of `moody`, ten a second.
    if (this.lines.length > 10_000) this.lines.splice(0, 5000)
    const index = this.#waiting.findIndex(({ pattern }) => pattern.test(line))
    if (index !== -1) this.#waiting.splice(index, 1)[0]!.resolve(line)
  }
}
