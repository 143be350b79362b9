import { Alarm } from '../../platform/readable-alarm.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Within } from '../../platform/context.ts'
import { inTime } from '../in-time.ts'
import type { TransportClient } from '../transport.ts'
import type { Call } from './call.ts'

/** Mostly the next submission carries them: a call of their own waits so long for one. */
const patience = 100
/** So many are sent without waiting. */
const most = 1000

/**
 * What the queue may forget: items whose callers are settled, none of which is still on its way. Told
 * again until it is heard.
 */
export class Settlements {
  readonly #client: TransportClient
  readonly #clock: Clock
  readonly #timeout: number
  readonly #alarm: Alarm
  #settled: number[] = []
  /** Those whose callers left: a worker need not start them. */
  #unwanted: number[] = []
  #failures = 0

  constructor(client: TransportClient, clock: Clock, within: Within, timeout: number) {
    this.#client = client
    this.#clock = clock
    this.#timeout = timeout
    this.#alarm = new Alarm(clock, within, () => {
      void this.flush()
    })
  }

  add({ sequence, answered }: Call): void {
    if (answered) this.#settled.push(sequence)
    else this.#unwanted.push(sequence)
    const isUrgent = !answered || this.#settled.length === most
    if (isUrgent) this.#flushIn(0)
    else if (this.#alarm.deadline === Infinity) this.#flushIn(patience)
  }

  /** Gives what a submission is to carry. */
  take(): readonly number[] {
    const settled = this.#settled
    this.#settled = []
    if (this.#unwanted.length === 0) this.#alarm.clear()
    return settled
  }

  /** The submission failed. */
  restore(settled: readonly number[]): void {
    if (settled.length === 0) return
    this.#settled = [...settled, ...this.#settled]
    this.#failures += 1
    // The next submission carries them, and the queue forgets by itself one day.
    if (this.#failures < 10) this.#flushIn(patience * 2 ** this.#failures)
  }

  /** Tells the queue now; never rejects. */
  async flush(): Promise<void> {
    const unwanted = this.#unwanted
    this.#unwanted = []
    if (unwanted.length > 0) {
      // What is not taken back runs: then nobody wants its reply.
      await this.#inTime(this.#client.cancel(unwanted)).catch(() => {})
      this.#settled.push(...unwanted)
    }
    const settled = this.take()
    if (settled.length === 0) return
    try {
      await this.#inTime(this.#client.submit([], settled))
      this.#failures = 0
    } catch {
      this.restore(settled)
    }
  }

  /** Stops trying. */
  end(): void {
    this.#alarm.clear()
  }

  #inTime<Value>(call: Promise<Value>): Promise<Value> {
    return inTime(this.#clock, this.#timeout, call)
  }

  #flushIn(duration: number): void {
    this.#alarm.set(Math.min(this.#alarm.deadline, this.#clock.now() + duration))
  }
}
