import { isUtf8 } from 'node:buffer'
import { ItemError } from './item-error.ts'
import type { Line } from './line.ts'

const newline = 10
const carriageReturn = 13
const byteOrderMark = '\u{feff}'

/**
 * Cuts bytes into lines.
 *
 * - `\n` and `\r\n` end a line; the last one needs no end. An empty line is a line.
 * - No more than `maxLineSize` bytes are held: what is longer is counted and skipped.
 * - Text that is not UTF-8 is a problem of its line, and never replaced.
 */
export class LineSplitter {
  readonly #maxLineSize: number
  #index = 0
  /** The line that has begun: its bytes so far, or none of them once it is too long. */
  #parts: Buffer[] = []
  #size = 0

  constructor(maxLineSize: number) {
    this.#maxLineSize = maxLineSize
  }

  *push(chunk: Buffer): Generator<Line, void> {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(newline, start)
      if (end === -1) break
      yield this.#end(chunk.subarray(start, end), 1)
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  /** The last line, if the input does not end with the end of a line. */
  end(): Line | undefined {
    return this.#size === 0 ? undefined : this.#end(Buffer.alloc(0), 0)
  }

  #keep(part: Buffer): void {
    this.#size += part.length
    if (this.#size > this.#maxLineSize + 1) this.#parts = []
    else this.#parts.push(part)
  }

  #end(last: Buffer, ending: number): Line {
    const index = this.#index++
    if (this.#size === 0) return this.#line(index, last, last.length + ending)
    this.#keep(last)
    const bytes = this.#size + ending
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    this.#size = 0
    return this.#line(index, whole, bytes)
  }

  #line(index: number, whole: Buffer, bytes: number): Line {
    const isReturned = whole[whole.length - 1] === carriageReturn
    const content = isReturned ? whole.subarray(0, -1) : whole
    if (content.length > this.#maxLineSize || bytes > this.#maxLineSize + 2) {
      return unreadable(
        index,
        bytes,
        'JITNEY_LINE_TOO_LONG',
        `The line has ${bytes} bytes: --max-line-size allows ${this.#maxLineSize}`,
      )
    }
    if (!isUtf8(content)) {
      return unreadable(index, bytes, 'JITNEY_LINE_MALFORMED', 'The line is not UTF-8')
    }
    const text = content.toString('utf8')
    const isMarked = index === 0 && text.startsWith(byteOrderMark)
    return { index, text: isMarked ? text.slice(1) : text, bytes, problem: undefined }
  }
}

function unreadable(index: number, bytes: number, code: string, message: string): Line {
  return { index, text: '', bytes, problem: new ItemError(code, message) }
}
