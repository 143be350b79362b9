import type { Readable } from 'node:stream'
import { type Permit, Semaphore } from 'jitney'
import { RunError } from '../errors.ts'
import type { DoneSet } from './done-set.ts'
import type { Line } from './line.ts'
import { LineSplitter } from './line-splitter.ts'

/** Lines that are done together: a batch, or a single one. */
export interface Unit {
  readonly lines: readonly Line[]
  readonly bytes: number
  /** What it takes of the memory for input, until its output is written. */
  readonly permit: Permit
}

export interface InputOptions {
  readonly maxLineSize: number
  readonly batchSize: number
  /** Lines that an earlier run has done. */
  readonly done: DoneSet
  /** Told of the first line, whether it is done or not. What it throws ends the input. */
  readonly onFirst: (line: Line) => void
  /** Told how many bytes of lines were done before. */
  readonly onSkipped: (bytes: number) => void
}

/** Bytes of lines that are read ahead of their output, however many they are. */
const memory = 64 * 1024 * 1024

/** The lines of a stream that are still to be done. No more is read than there is room for. */
export class Input {
  readonly #stream: Readable
  readonly #options: InputOptions
  readonly #splitter: LineSplitter
  readonly #memory = new Semaphore(memory)
  #isStopped = false
  /** Lines that were read, those done before included. */
  count = 0

  constructor(stream: Readable, options: InputOptions) {
    this.#stream = stream
    this.#options = options
    this.#splitter = new LineSplitter(options.maxLineSize)
  }

  /** Gives no more lines. */
  stop(): void {
    this.#isStopped = true
    this.#stream.destroy()
  }

  async *units(): AsyncGenerator<Unit, void> {
    let lines: Line[] = []
    let bytes = 0
    const take = async (): Promise<Unit> => {
      const unit = { lines, bytes, permit: await this.#room(bytes) }
      lines = []
      bytes = 0
      return unit
    }
    for await (const chunk of this.#lines()) {
      for (const line of chunk) {
        if (this.#isStopped) return
        if (!this.#isWanted(line)) continue
        lines.push(line)
        bytes += line.bytes
        if (lines.length === this.#options.batchSize) yield await take()
      }
    }
    if (this.#isStopped) return
    if ((this.#options.done.ranges.at(-1)?.[1] ?? -1) >= this.count) {
      throw new RunError(
        'Cannot resume: the output was written from another input, with more lines',
      )
    }
    if (lines.length > 0) yield await take()
  }

  async *#lines(): AsyncGenerator<Iterable<Line>, void> {
    try {
      for await (const chunk of this.#stream) yield this.#splitter.push(chunk as Buffer)
    } catch (error) {
      if (this.#isStopped) return
      throw new RunError(`Cannot read the input: ${(error as Error).message}`, { cause: error })
    }
    const last = this.#isStopped ? undefined : this.#splitter.end()
    if (last !== undefined) yield [last]
  }

  #isWanted(line: Line): boolean {
    if (line.index === 0) this.#options.onFirst(line)
    this.count = line.index + 1
    if (!this.#options.done.has(line.index)) return true
    this.#options.onSkipped(line.bytes)
    return false
  }

  async #room(bytes: number): Promise<Permit> {
    const options = { weight: Math.max(1, Math.min(bytes, memory)) }
    return this.#memory.tryAcquire(options) ?? (await this.#memory.acquire(options))
  }
}
