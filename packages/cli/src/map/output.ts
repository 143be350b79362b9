import type { DoneSet } from './done-set.ts'
import type { Format } from './item.ts'
import type { Journal } from './journal.ts'
import { errorLine, outputLine } from './outcome.ts'
import type { Sink } from './sink.ts'
import type { Finished } from './worker.ts'

export interface OutputOptions {
  readonly results: Sink
  readonly errors: Sink | undefined
  readonly journal: Journal | undefined
  readonly done: DoneSet
  /** How many of them failed. */
  readonly failed: number
  readonly isOrdered: boolean
  readonly format: Format
  /** Told of what is written. */
  readonly onWritten: (finished: Finished) => void
  /** Told once, of the first failure. */
  readonly onFailure: (error: unknown) => void
  /** Around each write to the results: what else is on the same screen makes room. */
  readonly beforeWrite: () => void
  readonly afterWrite: () => void
}

/** Characters that wait to be written, above which nothing more is taken. */
const most = 1024 * 1024
/** Milliseconds from one write to the next, unless much is waiting: a write costs as much as a request. */
const writeInterval = 10
const checkpointInterval = 1000

/**
 * Writes outcomes, and keeps the journal.
 *
 * - One write at a time, of all lines that came meanwhile; those of ten milliseconds go together.
 * - An item counts as done when its line is written. Its line of `--errors` is written before that.
 */
export class Output {
  readonly #options: OutputOptions
  #isOrdered: boolean
  #failedItems: number
  #queue: Finished[] = []
  #lines = ''
  #errorLines = ''
  #writing: Promise<void> | undefined
  #lastWrite = -Infinity
  #hurry: () => void = () => {}
  #failed = false
  /** Written, and not yet in the journal. */
  #isDirty = false
  #saving: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  /** What the first line of the input is known by. */
  firstLine: string | undefined

  constructor(options: OutputOptions) {
    this.#options = options
    this.#isOrdered = options.isOrdered
    this.#failedItems = options.failed
    if (options.journal !== undefined) {
      this.#timer = setInterval(() => void this.#checkpoint(), checkpointInterval).unref()
    }
  }

  /** Takes an outcome. Returns what to wait for before the next, if too much is waiting already. */
  add(finished: Finished): Promise<void> | undefined {
    const { errors, format } = this.#options
    for (const outcome of finished.outcomes) {
      this.#lines += outputLine(outcome)
      const { line, result } = outcome
      if (errors !== undefined && typeof result !== 'string') {
        this.#errorLines += errorLine(line, result, format)
      }
    }
    this.#queue.push(finished)
    this.#writing ??= this.#write()
    if (this.#lines.length <= most) return undefined
    this.#hurry()
    return this.#writing
  }

  /** Resolves when all that was taken is written, and in the journal. */
  async flush(): Promise<void> {
    this.#hurry()
    await this.#writing
    await this.#checkpoint()
  }

  /** Ends it. The journal goes when all is done; what was complete needs none. */
  async close(isComplete: boolean): Promise<void> {
    clearInterval(this.#timer)
    await this.#saving
    const { results, errors, journal } = this.#options
    if (isComplete) await journal?.remove()
    await results.close()
    await errors?.close()
  }

  async #write(): Promise<void> {
    // What else ends soon goes along.
    await this.#pause()
    while (this.#queue.length > 0 && !this.#failed) {
      const queue = this.#queue
      const lines = this.#lines
      const errorLines = this.#errorLines
      this.#queue = []
      this.#lines = ''
      this.#errorLines = ''
      try {
        if (errorLines !== '') await this.#options.errors!.write(errorLines)
        this.#options.beforeWrite()
        await this.#options.results.write(lines)
        this.#options.afterWrite()
      } catch (error) {
        this.#fail(error)
        break
      }
      this.#written(queue)
    }
    this.#lastWrite = performance.now()
    this.#writing = undefined
  }

  /** Until the time has come for the next write, or until `#hurry`. */
  #pause(): Promise<void> {
    const wait = this.#lastWrite + writeInterval - performance.now()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #written(queue: readonly Finished[]): void {
    const { done, onWritten } = this.#options
    for (const finished of queue) {
      for (const { line, result } of finished.outcomes) {
        const { index } = line
        if (typeof result !== 'string') this.#failedItems += 1
        this.#isOrdered &&= index > (done.ranges.at(-1)?.[1] ?? -1)
        done.add(index)
      }
      finished.unit.permit.release()
      onWritten(finished)
    }
    this.#isDirty = true
  }

  async #checkpoint(): Promise<void> {
    if (this.#saving !== undefined) {
      await this.#saving
      return this.#checkpoint()
    }
    if (!this.#isDirty || this.#options.journal === undefined) return
    this.#isDirty = false
    this.#saving = this.#save(this.#options.journal)
    await this.#saving
    this.#saving = undefined
  }

  async #save(journal: Journal): Promise<void> {
    const { results, errors, done } = this.#options
    const checkpoint = {
      bytes: results.position,
      done: done.ranges.map(([first, last]) => [first, last] as const),
      failed: this.#failedItems,
      isOrdered: this.#isOrdered,
      firstLine: this.firstLine,
    }
    try {
      await errors?.sync()
      await results.sync()
      await journal.write(checkpoint)
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#options.onFailure(error)
  }
}
