import { formatSeconds } from '../terminal/progress-text.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { Cell } from './cell.ts'
import { formatTime } from './format.ts'
import type { Exploration } from './exploration.ts'

/** Milliseconds between two lines where they do not replace each other. */
const lineInterval = 5000

/** Shows what is being measured. */
export class TuneProgress {
  readonly #terminal: Terminal
  readonly #exploration: Pick<Exploration, 'elapsed'>
  readonly #time: number
  #shown = -Infinity
  #hasEnded = false

  /** @param time milliseconds that it may take. */
  constructor(terminal: Terminal, exploration: Pick<Exploration, 'elapsed'>, time: number) {
    this.#terminal = terminal
    this.#exploration = exploration
    this.#time = time
  }

  show(cell: Cell): void {
    const { elapsed } = this.#exploration
    if (this.#hasEnded || (!this.#terminal.isScreen && elapsed < this.#shown + lineInterval)) return
    this.#shown = elapsed
    this.#terminal.status(progressText(cell, elapsed, this.#time))
  }

  end(): void {
    if (!this.#hasEnded) this.#terminal.endStatus()
    this.#hasEnded = true
  }
}

function progressText(
  { size, concurrency, durations, duration }: Cell,
  elapsed: number,
  time: number,
): string {
  const slots = concurrency === 1 ? 'one at a time' : `${concurrency} at once`
  const known = durations.length === 0 ? '' : `: ${formatTime(duration.value)} each`
  const most = time === Infinity ? '' : ` of at most ${formatSeconds(time / 1000)}`
  return `${formatSeconds(elapsed / 1000)}${most}, batches of ${size}, ${slots}${known}`
}
