import { BatchError } from 'jitney'
import { show } from '../arguments/show.ts'

const windowLength = 1000
const mostPerWindow = 10
const mostCauses = 5

/** One entry of the log, in its parts. */
export interface FailureReport {
  /** What failed, or how many reports were left out. */
  readonly message: string
  /** The failure and its causes, with their stacks. */
  readonly failure?: string
  /** The first request that met it. */
  readonly requestId?: string
}

/**
 * Writes what went wrong on this side of the door, for whoever runs the service.
 *
 * At most ten reports a second, and the same one once: a batch of 1000 that fails is one report.
 * How many were left out is said with the next one, or by `flush`.
 */
export class FailureLog {
  readonly #write: (text: string, report: FailureReport) => void
  #windowStart = -Infinity
  #written = 0
  #leftOut = 0
  #last = ''

  /** @param write takes each report as text, which may have several lines, and in its parts. */
  constructor(write: (text: string, report: FailureReport) => void) {
    this.#write = write
  }

  /** @param requestId of the request that met it, if there was one. */
  report(what: string, failure: unknown, requestId?: string): void {
    const now = performance.now()
    if (now - this.#windowStart >= windowLength) {
      this.flush()
      this.#windowStart = now
      this.#written = 0
      this.#last = ''
    }
    const described = describeFailure(failure)
    const text = `${what}: ${described}`
    if (text === this.#last || this.#written === mostPerWindow) {
      this.#leftOut++
      return
    }
    this.#last = text
    this.#written++
    const report = { message: what, failure: described }
    if (requestId === undefined) this.#write(harmless(text), report)
    else this.#write(`${harmless(text)}\n    in request ${requestId}`, { ...report, requestId })
  }

  /** Says how many reports were left out since the last one. */
  flush(): void {
    const message = `(${this.#leftOut} more of the kind)`
    if (this.#leftOut > 0) this.#write(message, { message })
    this.#leftOut = 0
  }
}

/**
 * Text that may hold somebody else's words: nothing in it controls a terminal, and no line of it but
 * the first looks like the beginning of another entry.
 */
function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n]+/gu, ' ').replace(/[\n\u2028\u2029](?!\s)/g, '\n  ')
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
