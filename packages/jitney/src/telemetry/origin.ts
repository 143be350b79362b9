import { type Span, trace } from '@opentelemetry/api'

/** The spans of those who wait for one item, and that of the batch which carries it. */
export class Origin {
  readonly #spans: (Span | undefined)[] = []
  #batch: Span | undefined
  #callers = 0

  /** One more waits for it, whose span is the active one. */
  join(): void {
    const span = trace.getActiveSpan()
    this.#callers += 1
    this.#spans.push(span)
    if (span !== undefined) this.#batch?.addLink({ context: span.spanContext() })
  }

  /** One waits no longer. Gives how many still do. */
  leave(): number {
    return (this.#callers -= 1)
  }

  /** Links the batch to them; also to those who join while it runs. */
  carry(batch: Span): void {
    this.#batch = batch
    for (const span of this.#spans) {
      if (span !== undefined) batch.addLink({ context: span.spanContext() })
    }
  }
}
