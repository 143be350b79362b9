import type { Terminal } from './terminal.ts'

/** What the line tells. */
export interface Traffic {
  readonly requests: number
  readonly batches: number
}

const numbers = new Intl.NumberFormat('en')

/** How many requests came, in how many batches they left, and what that makes on average. */
export function describeTraffic({ requests, batches }: Traffic): string {
  return describeBatches('request', requests, batches)
}

/** The same of anything that leaves in batches, by its name for one. */
export function describeBatches(one: string, count: number, batches: number): string {
  const counted = `${plural(count, one)} in ${plural(batches, 'batch', 'batches')}`
  if (batches === 0) return counted
  return `${counted}, ${numbers.format(Math.round((count / batches) * 10) / 10)} per batch`
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${numbers.format(count)} ${count === 1 ? one : many}`
}

/**
 * Keeps the status line of a terminal at the current traffic.
 *
 * It writes at most ten times a second on a screen and once a second elsewhere, and only after
 * `changed`: no timer runs while nothing happens.
 */
export class TrafficLine {
  readonly #terminal: Terminal
  readonly #text: () => string
  readonly #interval: number
  #timer: NodeJS.Timeout | undefined
  #shown = ''

  /** @param text says it, as `describeTraffic` does. */
  constructor(terminal: Terminal, text: () => string) {
    this.#terminal = terminal
    this.#text = text
    this.#interval = terminal.isScreen ? 100 : 1000
  }

  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#show()
    }, this.#interval)
  }

  /** Stops. What comes next on the terminal stands below the line. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#terminal.endStatus()
  }

  #show(): void {
    const text = this.#text()
    if (text !== this.#shown) this.#terminal.status(text)
    this.#shown = text
  }
}
