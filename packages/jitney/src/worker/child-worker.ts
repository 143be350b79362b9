import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { Alarm } from '../platform/readable-alarm.ts'
import { captureContext } from '../platform/context.ts'
import { messageOf } from '../platform/message-of.ts'
import { LineReader } from './line-reader.ts'
import type { ProcessSettings } from './process-options.ts'
import { hasGroups, killGroup, setWorking } from './process-group.ts'
import { readAnswer } from './read-answer.ts'
import type { Reply } from './reply.ts'
import { UnsendableError, unsendable } from './unsendable-error.ts'
import type { Request, Worker } from './worker.ts'
import { WorkerError, type WorkerErrorCode } from './worker-error.ts'

const tailSize = 2000
/** How long a process that has ended may leave its output open, as its own children can. */
const closeTime = 200

interface Running {
  readonly id: number
  resolve(reply: Reply): void
  reject(error: Error): void
}

/**
 * One child process: a batch is a line on its standard input, its answer one on its standard output.
 * It keeps this process alive only while it works on a batch.
 */
export class ChildWorker implements Worker {
  readonly #program: string
  readonly #settings: ProcessSettings
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  readonly #onLost: () => void
  #running: Running | undefined
  #lastId = 0
  /** Who leads its process group, until it has ended. */
  #leader: number | undefined
  #failure: WorkerError | undefined
  #isEnding = false
  #stderr = ''

  constructor(command: readonly string[], settings: ProcessSettings, onLost: () => void) {
    const [file = '', ...parameters] = command
    this.#program = command.join(' ')
    this.#settings = settings
    this.#onLost = onLost
    this.#child = spawn(file, parameters, {
      cwd: settings.folder,
      env: { ...process.env, ...settings.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: hasGroups,
      windowsHide: true,
    })
    this.#leader = this.#child.pid
    this.#ended = this.#follow()
    this.#hold(false)
  }

  run({ items, key }: Request): Promise<Reply> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const id = ++this.#lastId
    let line: string
    try {
      line = writeRequest(id, items, key)
    } catch (error) {
      return Promise.reject(unsendable('the process', error))
    }
    return new Promise<Reply>((resolve, reject) => {
      this.#running = { id, resolve, reject }
      this.#hold(true)
      this.#child.stdin?.write(line)
    })
  }

  ask(): void {
    const { askBy } = this.#settings
    const running = this.#running
    if (running === undefined || askBy === 'none') return
    if (askBy === 'message') this.#child.stdin?.write(`${JSON.stringify({ abort: running.id })}\n`)
    else this.#child.kill(askBy as NodeJS.Signals)
  }

  end(by: 'force' | 'word'): Promise<void> {
    this.#isEnding = true
    this.#hold(true)
    if (by === 'force') this.#kill()
    else {
      this.#child.stdin?.end()
      const { clock, graceTime } = this.#settings
      const alarm = new Alarm(clock, captureContext(), () => {
        this.#kill()
      })
      alarm.set(clock.now() + graceTime)
      void this.#ended.then(() => {
        alarm.clear()
      })
    }
    return this.#ended
  }

  /** Resolves when it has ended and all that it wrote was read. */
  #follow(): Promise<void> {
    const { stdin, stdout, stderr } = this.#child
    const lines = new LineReader(this.#settings.maxAnswerSize)
    // What cannot be written any more is told by the exit.
    stdin?.on('error', () => {})
    stdout?.on('data', (chunk: Buffer) => {
      try {
        for (const line of lines.read(chunk)) this.#hear(line)
      } catch (error) {
        this.#distrust(error)
      }
    })
    stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk)
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-tailSize)
    })
    return new Promise<void>((resolve) => {
      const end = (failure: WorkerError): void => {
        this.#fail(failure)
        resolve()
      }
      this.#child.once('error', (cause) => {
        // Also when it could not be killed: then it goes on.
        if (this.#child.pid === undefined) {
          end(this.#lost('JITNEY_WORKER_NOT_STARTED', messageOf(cause), { cause }))
        }
      })
      this.#child.once('exit', (exitCode, signal) => {
        // What it started would go on without it.
        this.#kill()
        this.#hold(false)
        this.#leader = undefined
        const how = signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`
        const details = { exitCode: exitCode ?? undefined, signal: signal ?? undefined }
        const close = (): void => {
          clearTimeout(timer)
          end(this.#lost('JITNEY_WORKER_CRASHED', `it ${how}`, details))
        }
        const timer = setTimeout(close, closeTime)
        this.#child.once('close', close)
      })
    })
  }

  #hear(line: string): void {
    if (this.#failure !== undefined) return
    const { id, reply } = readAnswer(line)
    const running = this.#running
    // The answer to a batch of long ago cannot come: the next is sent after the answer.
    if (running === undefined || running.id !== id) {
      throw new Error(
        `expected an answer to batch ${running?.id ?? 'none'}, received ${line.slice(0, 100)}`,
      )
    }
    this.#running = undefined
    this.#hold(false)
    running.resolve(reply)
  }

  /** What it says next could belong to anything. */
  #distrust(error: unknown): void {
    this.#fail(this.#lost('JITNEY_WORKER_ANSWER', messageOf(error), { cause: error }))
    this.#kill()
  }

  #fail(failure: WorkerError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    const running = this.#running
    this.#running = undefined
    if (running !== undefined) running.reject(failure)
    else if (!this.#isEnding) this.#onLost()
  }

  #lost(
    code: WorkerErrorCode,
    why: string,
    details: { exitCode?: number | undefined; signal?: string | undefined; cause?: unknown },
  ): WorkerError {
    const what = {
      JITNEY_WORKER_NOT_STARTED: 'Cannot start',
      JITNEY_WORKER_CRASHED: 'Lost',
      JITNEY_WORKER_ANSWER: 'Cannot read the answer of',
      JITNEY_WORKER_CLOSED: 'Closed',
    }[code]
    const stderr = this.#stderr === '' ? undefined : this.#stderr
    const last = stderr?.trimEnd().split('\n').at(-1)
    const tail = last === undefined ? '' : ` (${last})`
    return new WorkerError(code, `${what} '${this.#program}': ${why}${tail}`, {
      ...details,
      stderr,
    })
  }

  #kill(): void {
    if (this.#leader !== undefined) killGroup(this.#leader)
  }

  #hold(on: boolean): void {
    const { stdin, stdout, stderr } = this.#child
    if (this.#leader !== undefined) setWorking(this.#leader, on)
    // Bun's standard input has neither.
    for (const one of [this.#child, stdin, stdout, stderr] as (Partial<Socket> | undefined)[]) {
      if (on) one?.ref?.()
      else one?.unref?.()
    }
  }
}

function writeRequest(id: number, items: readonly unknown[], key: unknown): string {
  for (const item of items) {
    if (item === undefined || typeof item === 'function' || typeof item === 'symbol') {
      throw new UnsendableError(notJson)
    }
  }
  return `${JSON.stringify({ id, items, key })}\n`
}

const notJson = 'it cannot be written as JSON'

/** @throws why it cannot be written. */
export function checkJson(item: unknown): void {
  if (JSON.stringify(item) === undefined) throw new TypeError(notJson)
}
