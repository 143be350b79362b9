import { type Cut, type Cutter, tooLong } from './cutter.ts'
import { HeldBytes } from './held-bytes.ts'

const newline = 10

/** Cuts lines: NDJSON (https://github.com/ndjson/ndjson-spec). Lines of white space are no items. */
export class LineCutter implements Cutter {
  readonly #most: number
  readonly #line: HeldBytes

  constructor(most: number) {
    this.#most = most
    this.#line = new HeldBytes(most)
  }

  *push(chunk: Buffer): Generator<Cut, void> {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(newline, start)
      this.#line.add(chunk.subarray(start, end === -1 ? undefined : end))
      if (end === -1) return
      yield* this.end()
      start = end + 1
    }
  }

  *end(): Generator<Cut, void> {
    if (this.#line.isTooLong) {
      this.#line.take()
      yield tooLong(this.#most)
      return
    }
    const line = this.#line.take()
    if (line.some((byte) => !isSpace(byte))) yield line
  }
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}
