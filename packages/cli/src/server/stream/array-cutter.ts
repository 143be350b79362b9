import { type Cut, type Cutter, tooLong } from './cutter.ts'
import { HeldBytes } from './held-bytes.ts'
import { isSpace } from './line-cutter.ts'

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const opening = [0x5b, 0x7b]
const closing = [0x5d, 0x7d]
const [openingBracket] = opening
const [closingBracket] = closing

/** Cuts the elements out of one JSON array, by its brackets, strings and commas. */
export class ArrayCutter implements Cutter {
  readonly #most: number
  readonly #element: HeldBytes
  #state: 'before' | 'inside' | 'after' | 'failed' = 'before'
  #depth = 0
  #inString = false
  #isEscaped = false
  /** Whether the element that has begun has anything but white space. */
  #hasContent = false
  /** Whether a comma asks for another element. */
  #isDue = false

  constructor(most: number) {
    this.#most = most
    this.#element = new HeldBytes(most)
  }

  *push(chunk: Buffer): Generator<Cut, void> {
    let start = 0
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index]!
      if (this.#state === 'inside') {
        if (!this.#isEnd(byte)) continue
        this.#element.add(chunk.subarray(start, index))
        start = index + 1
        yield* this.#cut(byte)
      } else if (this.#state === 'before' && byte === openingBracket) {
        this.#state = 'inside'
        start = index + 1
      } else if (this.#state !== 'failed' && !isSpace(byte)) {
        yield this.#fail('The body is not one JSON array.')
      }
    }
    if (this.#state === 'inside') this.#element.add(chunk.subarray(start))
  }

  *end(): Generator<Cut, void> {
    if (this.#state === 'before') yield this.#fail('The body is empty; it must be a JSON array.')
    if (this.#state === 'inside') yield this.#fail('The JSON array has no end.')
  }

  /** Whether a byte ends an element: a comma or the bracket of the array itself. */
  #isEnd(byte: number): boolean {
    if (this.#inString) {
      if (this.#isEscaped) this.#isEscaped = false
      else if (byte === backslash) this.#isEscaped = true
      else if (byte === quote) this.#inString = false
      return false
    }
    const isEnd = this.#depth === 0 && (byte === comma || byte === closingBracket)
    if (isEnd) return true
    if (!isSpace(byte)) this.#hasContent = true
    if (byte === quote) this.#inString = true
    else if (opening.includes(byte)) this.#depth += 1
    else if (closing.includes(byte)) this.#depth -= 1
    return false
  }

  *#cut(end: number): Generator<Cut, void> {
    const { isTooLong } = this.#element
    const element = this.#element.take()
    const isEmpty = !this.#hasContent
    const wasDue = this.#isDue
    this.#hasContent = false
    this.#isDue = end === comma
    if (end === closingBracket) this.#state = 'after'
    if (isTooLong) yield tooLong(this.#most)
    else if (!isEmpty) yield element
    else if (end === comma || wasDue) yield this.#fail('The JSON array lacks an element.')
  }

  #fail(problem: string): Cut {
    this.#state = 'failed'
    return { problem, isLast: true }
  }
}
