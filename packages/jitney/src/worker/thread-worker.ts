import { fileURLToPath } from 'node:url'
import type { Piscina } from 'piscina'
import { messageOf } from '../platform/message-of.ts'
import { movableBuffers } from './movable.ts'
import type { Reply } from './reply.ts'
import type { ThreadData, ThreadTask } from './thread-messages.ts'
import { checkReadable, hasSmallStack } from './readable.ts'
import type { ThreadSettings } from './thread-options.ts'
import { unsendable } from './unsendable-error.ts'
import type { Request, Worker } from './worker.ts'
import { WorkerError } from './worker-error.ts'

/** The file beside this one, from source and built alike. */
const entry = fileURLToPath(new URL(import.meta.url.replace(/thread-worker(\.[jt]s)/, 'thread$1')))

export interface ThreadParts {
  readonly module: string
  readonly settings: ThreadSettings
  /** A `BroadcastChannel`, which all threads hear. */
  readonly channel: { readonly name: string; postMessage(message: unknown): void }
}

let lastId = 0

/**
 * One thread, in a Piscina of its own: what is lost with it is one batch, and when it is replaced is
 * decided in one place for threads and processes.
 */
export class ThreadWorker implements Worker {
  readonly #parts: ThreadParts
  readonly #piscina: Promise<Piscina>
  readonly #onLost: () => void
  #lost: ((failure: WorkerError) => void) | undefined
  #id = 0
  #isEnded = false
  /** Whether the thread itself has ended: what rejects a batch else is that it could not be sent. */
  #isGone = false

  constructor(parts: ThreadParts, onLost: () => void) {
    this.#parts = parts
    this.#onLost = onLost
    this.#piscina = this.#start()
    // Told to the batch.
    this.#piscina.catch(() => {})
  }

  async run({ items, key, reason }: Request): Promise<Reply> {
    this.#id = ++lastId
    const lost = new Promise<never>((_resolve, reject) => {
      this.#lost = reject
    })
    try {
      return await Promise.race([
        this.#send({ id: this.#id, items: [...items], key, reason }),
        lost,
      ])
    } finally {
      this.#lost = undefined
    }
  }

  ask(): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- no window
    this.#parts.channel.postMessage(this.#id)
  }

  async end(): Promise<void> {
    this.#isEnded = true
    this.#lost?.(ended('it was ended'))
    const piscina = await this.#piscina.catch(() => {})
    await piscina?.destroy()
  }

  async #send(task: ThreadTask): Promise<Reply> {
    const piscina = await this.#piscina
    if (this.#isEnded) throw ended('it was ended')
    const { move, memory } = this.#parts.settings
    try {
      // Of what it cannot read, nobody would hear.
      if (hasSmallStack(memory)) for (const item of task.items) checkReadable(item)
      const transferList = move ? movableBuffers(task.items) : []
      return (await piscina.run(task, { name: 'work', transferList })) as Reply
    } catch (error) {
      throw this.#isGone ? crashed(error) : unsendable('the thread', error)
    }
  }

  async #start(): Promise<Piscina> {
    const { module, settings, channel } = this.#parts
    const { exportName, move, memory, nodeArguments } = settings
    const data: ThreadData = { module, exportName, channel: channel.name, move }
    const options = {
      filename: entry,
      name: 'work',
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Infinity,
      recordTiming: false,
      // Between batches the thread goes on with what it began: sockets are closed, timers run.
      atomics: 'disabled',
      workerData: data,
      resourceLimits: defined(memory),
      ...(nodeArguments === undefined ? {} : { execArgv: [...nodeArguments] }),
    } as const
    const piscina = await import('piscina')
      .then((library) => new library.Piscina(options))
      .catch((cause: unknown) => {
        throw notStarted(cause)
      })
    piscina.on('error', (error) => {
      this.#lose(crashed(error))
    })
    piscina.on('workerDestroy', () => {
      this.#isGone = true
      this.#lose(crashed(new Error('it ended')))
    })
    return piscina
  }

  /** Whatever ended the thread: Piscina would start another at once, and again. */
  #lose(failure: WorkerError): void {
    if (this.#isEnded) return
    if (this.#lost !== undefined) {
      // What rejects the batch itself says more, and comes in this turn.
      setImmediate(() => this.#lost?.(failure))
      return
    }
    this.#onLost()
    void this.end()
  }
}

function notStarted(cause: unknown): WorkerError {
  const isMissing = (cause as { code?: string }).code === 'ERR_MODULE_NOT_FOUND'
  const why = isMissing ? 'install piscina' : messageOf(cause)
  return new WorkerError('JITNEY_WORKER_NOT_STARTED', `Cannot start a thread: ${why}`, { cause })
}

function crashed(cause: unknown): WorkerError {
  const exitCode = /exited with code: (\d+)/.exec(String(cause))?.[1]
  return new WorkerError('JITNEY_WORKER_CRASHED', `Lost the thread: ${messageOf(cause)}`, {
    cause,
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
  })
}

function ended(why: string): WorkerError {
  return new WorkerError('JITNEY_WORKER_CRASHED', `Lost the thread: ${why}`)
}

function defined<Limits extends object>(limits: Limits): { [Name in keyof Limits]: number } {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)) as {
    [Name in keyof Limits]: number
  }
}
