import { setImmediate } from 'node:timers/promises'
import { ManualClock } from 'jitney/testing'
import { Exploration, type ExplorationOptions } from '../../src/tune/exploration.ts'
import type { Probe } from '../../src/tune/probe.ts'
import { seeded } from '../../src/tune/random.ts'

/** A server on a clock that nobody waits for. */
export interface VirtualModel {
  /** Milliseconds of a batch that runs alone. */
  readonly duration: (size: number) => number
  /** Batches that it runs at once; the others wait. @default Infinity */
  readonly servers?: number
  /** Whether those that run share one processor. */
  readonly isShared?: boolean
  /** Deviation of the logarithm of the durations. */
  readonly noise?: number
  /** Part of the batches that take ten times as long. */
  readonly outliers?: number
}

interface Job {
  left: number
  readonly done: () => void
}

/** Runs jobs, each at its part of the speed; those beyond `servers` wait. */
export class VirtualProbe implements Probe {
  readonly clock = new ManualClock()
  readonly #model: VirtualModel
  readonly #random: () => number
  #jobs: Job[] = []
  #since = 0
  #timer: unknown

  constructor(model: VirtualModel, seed = 1) {
    this.#model = model
    this.#random = seeded(seed)
  }

  async run(size: number): Promise<{ duration: number; failed: number }> {
    const start = this.clock.now()
    await new Promise<void>((done) => {
      this.#pass()
      this.#jobs.push({ left: this.#model.duration(size) * this.#scatter(), done })
      this.#wait()
    })
    return { duration: this.clock.now() - start, failed: 0 }
  }

  close(): void {}

  get #running(): readonly Job[] {
    return this.#jobs.slice(0, this.#model.servers ?? Infinity)
  }

  get #speed(): number {
    return this.#model.isShared === true ? 1 / this.#running.length : 1
  }

  #pass(): void {
    const now = this.clock.now()
    const progress = (now - this.#since) * this.#speed
    for (const job of this.#running) job.left -= progress
    this.#since = now
  }

  #wait(): void {
    this.clock.clearTimeout(this.#timer)
    const least = Math.min(...this.#running.map(({ left }) => left))
    if (least === Infinity) return
    this.#timer = this.clock.setTimeout(
      () => {
        this.#pass()
        // What rounding left is nothing.
        const done = this.#running.filter(({ left }) => left <= 1e-9)
        this.#jobs = this.#jobs.filter((job) => !done.includes(job))
        for (const job of done) job.done()
        this.#wait()
      },
      Math.max(least, 0) / this.#speed,
    )
  }

  #scatter(): number {
    const { noise = 0, outliers = 0 } = this.#model
    const [u, v] = [1 - this.#random(), this.#random()]
    const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)
    return Math.exp(noise * normal) * (this.#random() < outliers ? 10 : 1)
  }
}

/** Explores it to the end. */
export async function explore(
  model: VirtualModel,
  options: Partial<ExplorationOptions> = {},
  seed = 1,
): Promise<Exploration> {
  const probe = new VirtualProbe(model, seed)
  const exploration = new Exploration({
    probe,
    clock: probe.clock,
    signal: new AbortController().signal,
    maxBatchSize: 1024,
    maxConcurrency: 16,
    time: 60_000,
    longestBatch: Infinity,
    ...options,
  })
  await onClock(probe.clock, exploration.run())
  return exploration
}

/**
 * Lets time pass until this is done, but not while nothing waits for it.
 *
 * @param step milliseconds, which may pass for nothing before the work goes on.
 */
export async function onClock<Value>(
  clock: ManualClock,
  work: Promise<Value>,
  step = 5,
): Promise<Value> {
  const state = { isDone: false }
  const end = (): void => {
    state.isDone = true
  }
  work.then(end, end)
  while (!state.isDone) await (clock.timerCount > 0 ? clock.advance(step) : setImmediate())
  return work
}
