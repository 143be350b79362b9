/** The part of a writable stream that a terminal needs; `process.stdout` fits. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const eraseLine = '\r\u001b[2K'

/**
 * Writes lines that stay, and one status line that changes.
 *
 * On a screen the status line is rewritten in place below what stays; elsewhere (a pipe, a file)
 * each status is a line of its own.
 */
export class Terminal {
  readonly isScreen: boolean
  readonly #output: Output
  #status = ''

  constructor(output: Output) {
    this.#output = output
    this.isScreen = output.isTTY === true && process.env['TERM'] !== 'dumb'
  }

  line(text: string): void {
    if (this.#status === '') this.#output.write(`${text}\n`)
    else this.#output.write(`${eraseLine}${text}\n${this.#status}`)
  }

  status(text: string): void {
    if (!this.isScreen) {
      this.#output.write(`${text}\n`)
      return
    }
    this.#status = text.slice(0, (this.#output.columns ?? 80) - 1)
    this.#output.write(eraseLine + this.#status)
  }

  /** Ends the status line: what comes next stands below it. */
  endStatus(): void {
    if (this.#status !== '') this.#output.write('\n')
    this.#status = ''
  }
}
