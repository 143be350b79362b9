import { Semaphore } from '../concurrency/semaphore.ts'
import { Alarm } from '../platform/readable-alarm.ts'
import type { Clock } from '../platform/clock.ts'
import { captureContext } from '../platform/context.ts'
import type { Reply } from './reply.ts'
import { type Restart, restartDelay } from './restart-delay.ts'
import { Slot } from './slot.ts'
import type { Request, StartWorker } from './worker.ts'
import { WorkerError } from './worker-error.ts'
import type { WorkerStats } from './worker-stats.ts'

export interface PoolSettings {
  readonly size: number
  readonly graceTime: number
  readonly restart: Required<Restart>
  readonly clock: Clock
}

/**
 * So many workers, each started when it is first needed.
 *
 * - A batch that finds none idle waits in line; it leaves the line when its signal aborts.
 * - A lost worker loses its batch and no other; the next one is started when a batch needs it.
 * - A slot is free when its worker has answered, or has ended.
 */
export class Pool {
  readonly #settings: PoolSettings
  readonly #places: Semaphore
  readonly #slots: Slot[]
  readonly #idle: Slot[]
  #closing: Promise<void> | undefined
  #items = 0
  #batches = 0

  constructor(start: StartWorker, settings: PoolSettings) {
    this.#settings = settings
    this.#places = new Semaphore(settings.size)
    this.#slots = Array.from({ length: settings.size }, () => new Slot(start, settings))
    this.#idle = this.#slots.toReversed()
  }

  get size(): number {
    return this.#settings.size
  }

  async run(request: Request, signal: AbortSignal): Promise<Reply> {
    if (this.#closing !== undefined) throw closed()
    const permit = await this.#places.acquire({ signal })
    const slot = this.#take()
    try {
      const reply = await slot.run(request, signal, this.#delayOf(slot))
      this.#batches += 1
      this.#items += request.items.length
      return reply
    } finally {
      this.#idle.push(slot)
      permit.release()
    }
  }

  /** Starts all workers and lets each work on these items. */
  async warmUp(items: readonly unknown[], signal: AbortSignal): Promise<readonly Reply[]> {
    if (this.#closing !== undefined) throw closed()
    const request: Request = { items, key: undefined, reason: 'warm-up' }
    const taken = await this.#takeAll(signal)
    const calls = taken.map(async ({ slot, release }) => {
      try {
        return await slot.run(request, signal, this.#delayOf(slot))
      } finally {
        release()
      }
    })
    // None goes on after this has rejected.
    await Promise.allSettled(calls)
    return await Promise.all(calls)
  }

  /** Ends the idle workers, and the others when they are done, or at the timeout. */
  close(timeout: number): Promise<void> {
    this.#closing ??= this.#end(timeout)
    return this.#closing
  }

  stats(): WorkerStats {
    const sum = (count: (slot: Slot) => number): number =>
      this.#slots.reduce((total, slot) => total + count(slot), 0)
    return Object.freeze({
      size: this.size,
      alive: sum((slot) => (slot.isAlive ? 1 : 0)),
      running: this.size - this.#idle.length,
      waiting: this.#places.queued,
      batches: this.#batches,
      items: this.#items,
      lostBatches: sum((slot) => slot.lostBatches),
      starts: sum((slot) => slot.starts),
      crashes: sum((slot) => slot.crashes),
      replaced: sum((slot) => slot.replaced),
    })
  }

  #delayOf(slot: Slot): number {
    return restartDelay(slot.lossesInRow, this.#settings.restart)
  }

  /** One that is there already, rather than one to be started. */
  #take(): Slot {
    const alive = this.#idle.findLastIndex((slot) => slot.isAlive)
    const [slot] = this.#idle.splice(alive, 1)
    return slot as Slot
  }

  async #takeAll(signal: AbortSignal): Promise<{ slot: Slot; release: () => void }[]> {
    const asked = await Promise.allSettled(this.#slots.map(() => this.#places.acquire({ signal })))
    const permits = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (permits.length < asked.length) {
      for (const permit of permits) permit.release()
      signal.throwIfAborted()
    }
    return permits.map((permit) => {
      const slot = this.#take()
      return {
        slot,
        release: () => {
          this.#idle.push(slot)
          permit.release()
        },
      }
    })
  }

  async #end(timeout: number): Promise<void> {
    const { clock } = this.#settings
    const alarm = new Alarm(clock, captureContext(), () => {
      for (const slot of this.#slots) void slot.end('force')
    })
    alarm.set(clock.now() + timeout)
    try {
      const taken = await this.#takeAll(new AbortController().signal)
      await Promise.all(taken.map(({ slot }) => slot.end('word')))
      for (const { release } of taken) release()
    } finally {
      alarm.clear()
    }
  }
}

function closed(): WorkerError {
  return new WorkerError('JITNEY_WORKER_CLOSED', 'Cannot run batch: the workers are closed')
}
