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
 * each status is a line of its own. There is no color, and nothing of the terminal's state is
 * changed: whatever ends the process, the terminal is as it was.
 */
export class Terminal {
  readonly isScreen: boolean
  readonly #output: Output
  #status = ''
  #isHidden = false

  constructor(output: Output) {
    this.#output = output
    this.isScreen = output.isTTY === true && process.env['TERM'] !== 'dumb'
  }

  /** Characters that a status may have. */
  get width(): number {
    // A terminal that does not know its size says 0.
    return (this.#output.columns || 80) - 1
  }

  line(text: string): void {
    if (this.#status === '' || this.#isHidden) this.#output.write(`${text}\n`)
    else this.#output.write(`${this.#erase()}${text}\n${this.#status}`)
  }

  status(text: string): void {
    if (!this.isScreen) {
      this.#output.write(`${text}\n`)
      return
    }
    const erase = this.#isHidden ? '' : this.#erase()
    this.#status = text.slice(0, this.width)
    if (!this.#isHidden) this.#output.write(erase + this.#status)
  }

  /** Makes room for what somebody else writes to the same screen, until `show`. */
  hide(): void {
    if (this.#status !== '' && !this.#isHidden) this.#output.write(this.#erase())
    this.#isHidden = true
  }

  show(): void {
    this.#isHidden = false
    if (this.#status !== '') this.#output.write(this.#status)
  }

  /** Ends the status line: what comes next stands below it. */
  endStatus(): void {
    if (this.#status !== '' && !this.#isHidden) this.#output.write('\n')
    this.#status = ''
  }

  /** A window that became narrower has broken the status into several rows. */
  #erase(): string {
    const rows = Math.max(1, Math.ceil(this.#status.length / (this.width + 1)))
    return rows === 1 ? eraseLine : `\r\u001b[${rows - 1}A\u001b[J`
  }
}
