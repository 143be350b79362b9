import type * as threads from 'node:worker_threads'
import { builtin } from '../../platform/builtin.ts'
import type { Request, Response, Task, ThreadData } from './messages.ts'

/** The file beside this one, from source and built alike. */
const entry = import.meta.url.replace(/database-thread(\.[jt]s)/, 'thread$1')

interface Asked {
  resolve(result: unknown): void
  reject(error: Error): void
}

/**
 * The thread that owns the database: started when it is first needed, and again if it is lost. It keeps
 * the process alive only while it is asked for something.
 */
export class DatabaseThread {
  readonly #data: ThreadData
  readonly #nodeArguments: readonly string[] | undefined
  readonly #asked: Map<number, Asked> = new Map()
  #worker: threads.Worker | undefined
  #lastId = 0

  constructor(data: ThreadData, nodeArguments: readonly string[] | undefined) {
    this.#data = data
    this.#nodeArguments = nodeArguments
  }

  ask(task: Task): Promise<unknown> {
    const worker = (this.#worker ??= this.#start())
    return new Promise((resolve, reject) => {
      const id = (this.#lastId += 1)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- no window
      worker.postMessage({ id, task } satisfies Request)
      this.#asked.set(id, { resolve, reject })
      worker.ref()
    })
  }

  /** Closes the file. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    await this.ask({ kind: 'close' }).catch(() => {})
    this.#worker = undefined
    await worker.terminate()
  }

  #start(): threads.Worker {
    const { Worker } = builtin<typeof threads>('node:worker_threads')!
    const worker = new Worker(new URL(entry), {
      workerData: this.#data,
      ...(this.#nodeArguments && { execArgv: [...this.#nodeArguments] }),
    })
    worker.on('message', (response: Response) => {
      this.#hear(response)
    })
    worker.on('error', (error) => {
      this.#lose(worker, error)
    })
    worker.on('exit', () => {
      this.#lose(worker, new Error('Cannot reach database: its thread has ended'))
    })
    return worker
  }

  #hear(response: Response): void {
    const { id } = response
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (this.#asked.size === 0) this.#worker?.unref()
    if (!('error' in response)) return asked?.resolve(response.result)
    const { message, code } = response.error
    asked?.reject(Object.assign(new Error(message), code === undefined ? {} : { code }))
  }

  #lose(worker: threads.Worker, error: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const lost = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject } of lost) reject(error as Error)
  }
}
