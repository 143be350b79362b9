import { Alarm } from '../platform/readable-alarm.ts'
import type { Clock } from '../platform/clock.ts'
import { captureContext } from '../platform/context.ts'
import { UnsendableError } from './unsendable-error.ts'
import type { Reply } from './reply.ts'
import type { Request, StartWorker, Worker } from './worker.ts'

/** The place of one worker, which is started when it is needed and replaced when it is lost. */
export class Slot {
  readonly #start: StartWorker
  readonly #graceTime: number
  readonly #clock: Clock
  #worker: Worker | undefined
  /** Workers that were lost since the last answer. */
  lossesInRow = 0
  lostBatches = 0
  starts = 0
  crashes = 0
  replaced = 0

  constructor(
    start: StartWorker,
    { graceTime, clock }: { readonly graceTime: number; readonly clock: Clock },
  ) {
    this.#start = start
    this.#graceTime = graceTime
    this.#clock = clock
  }

  get isAlive(): boolean {
    return this.#worker !== undefined
  }

  /** @param delay milliseconds to wait if a worker has to be started. */
  async run(request: Request, signal: AbortSignal, delay: number): Promise<Reply> {
    if (this.#worker === undefined && delay > 0) await pause(this.#clock, delay, signal)
    signal.throwIfAborted()
    this.#worker ??= this.#begin()
    const worker = this.#worker
    const answer = worker.run(request)
    const stopped = this.#stopAtAbort(worker, signal)
    try {
      const reply = await answer
      this.lossesInRow = 0
      return reply
    } catch (error) {
      if (error instanceof UnsendableError) throw error
      await this.#lose(worker, stopped.byForce)
      // oxlint-disable-next-line typescript/only-throw-error -- the caller's own reason
      throw stopped.byForce ? signal.reason : error
    } finally {
      stopped.clear()
    }
  }

  async end(by: 'force' | 'word'): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    await worker.end(by)
    if (this.#worker === worker) this.#worker = undefined
  }

  #begin(): Worker {
    this.starts += 1
    const worker = this.#start(() => {
      if (this.#worker === worker) this.#worker = undefined
      this.crashes += 1
      this.lossesInRow += 1
    })
    return worker
  }

  /** Asks first, and ends the worker after the grace time. */
  #stopAtAbort(worker: Worker, signal: AbortSignal): { byForce: boolean; clear(): void } {
    const alarm = new Alarm(this.#clock, captureContext(), () => {
      stopping.byForce = true
      void worker.end('force')
    })
    const stopping = {
      byForce: false,
      clear: () => {
        alarm.clear()
        signal.removeEventListener('abort', ask)
      },
    }
    const ask = (): void => {
      if (this.#graceTime > 0) worker.ask()
      alarm.set(this.#clock.now() + this.#graceTime)
    }
    signal.addEventListener('abort', ask, { once: true })
    return stopping
  }

  async #lose(worker: Worker, byForce: boolean): Promise<void> {
    this.#worker = undefined
    this.lostBatches += 1
    if (byForce) this.replaced += 1
    else {
      this.crashes += 1
      this.lossesInRow += 1
    }
    await worker.end('force')
  }
}

/** Rejects with the signal's reason. */
function pause(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      alarm.clear()
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the caller's own reason
      reject(signal.reason)
    }
    const alarm = new Alarm(clock, captureContext(), () => {
      signal.removeEventListener('abort', leave)
      resolve()
    })
    alarm.set(clock.now() + delay)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}
