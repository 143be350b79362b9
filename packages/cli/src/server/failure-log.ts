import { BatchError } from 'jitney'
import { show } from '../arguments/show.ts'

const windowLength = 1000
const mostPerWindow = 10
const mostCauses = 5

/**
 * Writes what went wrong on this side of the door, for whoever runs the service.
 *
 * At most ten reports a second, and the same one once: a batch of 1000 that fails is one report.
 * How many were left out is said with the next one, or by `flush`.
 */
export class FailureLog {
  readonly #write: (text: string) => void
  #windowStart = -Infinity
  #written = 0
  #leftOut = 0
  #last = ''

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  report(what: string, failure: unknown): void {
    const now = performance.now()
    if (now - this.#windowStart >= windowLength) {
      this.flush()
      this.#windowStart = now
      this.#written = 0
      this.#last = ''
    }
    const text = `${what}: ${describeFailure(failure)}`
    if (text === this.#last || this.#written === mostPerWindow) {
      this.#leftOut++
      return
    }
    this.#last = text
    this.#written++
    this.#write(text)
  }

  /** Says how many reports were left out since the last one. */
  flush(): void {
    if (this.#leftOut > 0) this.#write(`(${this.#leftOut} more of the kind)`)
    this.#leftOut = 0
  }
}

/** The failure and its causes, with their stacks. Properties of errors may hold payloads and stay out. */
function describeFailure(failure: unknown): string {
  const parts: string[] = []
  let current = failure instanceof BatchError ? failure.cause : failure
  while (current instanceof Error && current.cause !== undefined && parts.length < mostCauses) {
    parts.push(current.stack ?? current.message)
    current = current.cause
  }
  parts.push(current instanceof Error ? (current.stack ?? current.message) : show(current))
  return parts.join('\ncaused by: ')
}
