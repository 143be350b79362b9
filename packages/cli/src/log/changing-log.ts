import { Terminal } from '../terminal/terminal.ts'
import { jsonLog } from './json-log.ts'
import type { ServiceLog } from './service-log.ts'
import { textLog } from './text-log.ts'

/** The log of a running command. How it is written can change, for all who hold it. */
export class ChangingLog implements ServiceLog {
  readonly #screen: Terminal
  readonly #errors: Terminal
  #isJson = false
  #log: ServiceLog

  constructor(screen: Terminal) {
    this.#screen = screen
    this.#errors = process.stderr.isTTY ? screen : new Terminal(process.stderr)
    this.#log = textLog(screen, this.#errors)
  }

  /** Whether the screen is for people who look on, or for nobody. */
  get isWatched(): boolean {
    return !this.#isJson || this.#screen.isScreen
  }

  /** From now on it is written so. */
  use(format: 'text' | 'json' = 'text'): void {
    this.#isJson = format === 'json'
    this.#log = this.#isJson ? jsonLog(process.stderr) : textLog(this.#screen, this.#errors)
  }

  readonly note: ServiceLog['note'] = (text) => {
    this.#log.note(text)
    // A log for programs is beside what the command says, not instead of it.
    if (this.#isJson) this.#screen.line(text)
  }

  readonly warn: ServiceLog['warn'] = (text) => this.#log.warn(text)
  readonly failure: ServiceLog['failure'] = (text, report) => this.#log.failure(text, report)
  readonly access: ServiceLog['access'] = (entry) => this.#log.access(entry)
}
