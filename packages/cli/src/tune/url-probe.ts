import type { Clock } from 'jitney'
import type { Item } from '../map/item.ts'
import { ItemError } from '../map/item-error.ts'
import { UrlJob } from '../map/url-job.ts'
import type { UrlTemplate } from '../map/url-template.ts'
import type { ExampleItems } from './example-items.ts'
import type { Probe, Reading } from './probe.ts'

export interface UrlProbeOptions {
  readonly url: UrlTemplate
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly items: ExampleItems<Item>
  /** Connections at once. */
  readonly concurrency: number
  /** Milliseconds that a request may take. */
  readonly timeout: number
  readonly clock: Pick<Clock, 'now'>
}

/** Bytes of an answer. */
const maxResultSize = 64 * 1024 * 1024

/** Sends batches as `jitney map --batch-size` does: a JSON array by POST, for an array of results. */
export class UrlProbe implements Probe {
  readonly #items: ExampleItems<Item>
  readonly #job: UrlJob
  readonly #clock: Pick<Clock, 'now'>

  constructor({ url, headers, items, concurrency, timeout, clock }: UrlProbeOptions) {
    this.#items = items
    this.#clock = clock
    this.#job = new UrlJob({
      url,
      method: 'POST',
      headers: { 'user-agent': 'jitney', 'content-type': 'application/json', ...headers },
      isBatched: true,
      concurrency,
      maxResultSize,
      timeout,
    })
  }

  async run(size: number): Promise<Reading> {
    const items = this.#items.take(size)
    const start = this.#clock.now()
    const results = await this.#job.call(items)
    const duration = this.#clock.now() - start
    const failures = results.filter((result) => result instanceof ItemError)
    if (failures.length === size) throw failures[0]!
    return { duration, failed: failures.length }
  }

  close(): void {
    this.#job.abort()
  }
}
