import { type Progress, progressText } from './progress-text.ts'
import type { Terminal } from './terminal.ts'

/** What a run has done so far. */
export interface ProgressState {
  readonly done: number
  readonly failed: number
  /** Of the input, done by this run and by earlier ones. */
  readonly bytes: number
  readonly skippedBytes: number
}

interface Sample {
  readonly time: number
  readonly done: number
  readonly bytes: number
}

const screenInterval = 100
const firstInterval = 1000
const longestInterval = 60_000
/** Milliseconds that a rate is taken over. */
const rateSpan = 10_000

/**
 * Shows the progress of a run: ten times a second on a screen; elsewhere after one second, two, four
 * and so on, up to once a minute, so that a log of hours stays short.
 */
export class ProgressLine {
  readonly #terminal: Terminal
  readonly #state: () => ProgressState
  /** Bytes of the whole input, if that is known. */
  readonly #total: number | undefined
  #samples: Sample[] = []
  #interval: number
  #timer: NodeJS.Timeout | undefined

  constructor(terminal: Terminal, state: () => ProgressState, total: number | undefined) {
    this.#terminal = terminal
    this.#state = state
    this.#total = total
    this.#interval = terminal.isScreen ? screenInterval : firstInterval
  }

  start(): void {
    this.#sample()
    if (this.#terminal.isScreen) this.redraw()
    this.#wait()
  }

  /** The window has another size. */
  redraw(): void {
    const { isScreen, width } = this.#terminal
    this.#terminal.status(progressText(this.#progress(), isScreen ? width : Infinity).trimStart())
  }

  end(): void {
    clearTimeout(this.#timer)
    if (this.#terminal.isScreen) this.redraw()
    this.#terminal.endStatus()
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#sample()
      this.redraw()
      if (!this.#terminal.isScreen) this.#interval = Math.min(longestInterval, this.#interval * 2)
      this.#wait()
    }, this.#interval).unref()
  }

  #sample(): void {
    const { done, bytes, skippedBytes } = this.#state()
    const time = performance.now()
    this.#samples.push({ time, done, bytes: bytes - skippedBytes })
    while (this.#samples.length > 2 && this.#samples[1]!.time < time - rateSpan) {
      this.#samples.shift()
    }
  }

  #progress(): Progress {
    const { done, failed, bytes } = this.#state()
    const first = this.#samples[0]!
    const last = this.#samples.at(-1)!
    const seconds = (last.time - first.time) / 1000
    const rate = seconds > 0 ? (last.done - first.done) / seconds : 0
    const bytesRate = seconds > 0 ? (last.bytes - first.bytes) / seconds : 0
    const total = this.#total
    return {
      done,
      failed,
      rate,
      share: total === undefined ? undefined : total === 0 ? 1 : Math.min(1, bytes / total),
      left: total === undefined || bytesRate === 0 ? undefined : (total - bytes) / bytesRate,
    }
  }
}
