const newline = 10

/** Cuts bytes into lines of text, and throws at one that is longer than allowed. */
export class LineReader {
  readonly #maxSize: number
  #parts: Buffer[] = []
  #size = 0

  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  *read(chunk: Buffer): Generator<string, void> {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end))
      const line = Buffer.concat(this.#parts).toString('utf8')
      this.#parts = []
      this.#size = 0
      start = end + 1
      if (line.trim() !== '') yield line
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  #keep(part: Buffer): void {
    this.#size += part.length
    if (this.#size > this.#maxSize) {
      throw new RangeError(`its line has more than ${this.#maxSize} bytes`)
    }
    this.#parts.push(part)
  }
}
