import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../integration/free-port.ts'

const program = fileURLToPath(new URL('upstream.mjs', import.meta.url))

/** The server behind two of the routes, on one port, killed and started again. */
export class Upstream {
  readonly port: number
  /** Items that must not come twice, and did. */
  twice = 0
  kills = 0
  #child: ChildProcess | undefined

  private constructor(port: number) {
    this.port = port
  }

  static async start(): Promise<Upstream> {
    const upstream = new Upstream(await freePort())
    await upstream.#start()
    return upstream
  }

  /** Kills it every second or so, until then. */
  async keepDying(end: number): Promise<void> {
    while (performance.now() < end) {
      await setTimeout(500 + Math.random() * 1000)
      await this.stop()
      this.kills += 1
      await setTimeout(Math.random() * 300)
      await this.#start()
    }
  }

  async stop(): Promise<void> {
    const gone = once(this.#child!, 'close')
    this.#child!.kill('SIGKILL')
    await gone
  }

  async #start(): Promise<void> {
    const child = spawn(process.execPath, [program, `${this.port}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line === 'twice') this.twice += 1
        else resolve()
      })
      child.once('exit', () => reject(new Error('The upstream did not start')))
    })
  }
}
