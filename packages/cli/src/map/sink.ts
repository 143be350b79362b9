import type { FileHandle } from 'node:fs/promises'
import { ClosedPipeError, RunError } from '../errors.ts'
import { writeAll, type WriteError } from './write-all.ts'

/**
 * A file, pipe or terminal that whole lines are written to.
 *
 * If a write fails, a file is cut back to its last whole line.
 */
export class Sink {
  readonly #name: string
  readonly #file: number | FileHandle
  /** Where the next line goes; `null` for what has no positions. */
  #position: number | null

  constructor(name: string, file: number | FileHandle, position: number | null) {
    this.#name = name
    this.#file = file
    this.#position = position
  }

  get position(): number {
    return this.#position ?? 0
  }

  async write(lines: string): Promise<void> {
    const data = Buffer.from(lines)
    try {
      await writeAll(this.#file, data, this.#position)
    } catch (error) {
      throw await this.#failed(data, error as WriteError)
    }
    if (this.#position !== null) this.#position += data.length
  }

  /** Puts on the disk what was written. */
  async sync(): Promise<void> {
    if (this.#position !== null) await (this.#file as FileHandle).datasync()
  }

  async close(): Promise<void> {
    if (typeof this.#file !== 'number') await this.#file.close()
  }

  async #failed(data: Buffer, error: WriteError): Promise<Error> {
    if (error.errno === 'EPIPE') {
      return new ClosedPipeError(`Cannot write ${this.#name}: whoever read it closed it`, {
        cause: error,
      })
    }
    if (this.#position !== null) {
      const whole = data.subarray(0, error.written).lastIndexOf(10) + 1
      this.#position += whole
      await (this.#file as FileHandle).truncate(this.#position).catch(() => {})
    }
    return new RunError(`Cannot write ${this.#name}: ${error.message}`, { cause: error })
  }
}
