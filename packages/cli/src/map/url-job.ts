import { TimeoutError } from 'jitney'
import { Agent, type Dispatcher } from 'undici'
import { BodyMemory } from './body-memory.ts'
import { type Answer, exchange, type ExchangeLimits } from './exchange.ts'
import type { Item } from './item.ts'
import { ItemError } from './item-error.ts'
import type { Job, Result } from './job.ts'
import { readAnswer, readBatchAnswer } from './read-answer.ts'
import type { UrlTemplate } from './url-template.ts'

export interface UrlJobOptions {
  readonly url: UrlTemplate
  readonly method: string
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** Whether items travel as JSON arrays. */
  readonly isBatched: boolean
  readonly concurrency: number
  readonly maxResultSize: number
  /** Milliseconds from the request to the end of its answer, the connection included. */
  readonly timeout: number
}

/** Bytes of bodies that are being read, however many they are. */
const bodyMemory = 64 * 1024 * 1024

/** Milliseconds. What timers cannot take, 25 days and more, is for ever. */
const longestTimer = 2 ** 31 - 1

const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

/** Sends a request per item, or per batch, on connections that are kept open. */
export class UrlJob implements Job {
  readonly #options: UrlJobOptions
  readonly #agent: Agent
  readonly #hasBody: boolean
  readonly #limits: ExchangeLimits

  constructor(options: UrlJobOptions) {
    this.#options = options
    this.#hasBody = !bodiless.has(options.method)
    const timeout = options.timeout > longestTimer ? Infinity : options.timeout
    this.#limits = {
      // The length that a HEAD is told is that of a body which does not come.
      maxSize: options.method === 'HEAD' ? Infinity : options.maxResultSize,
      timeout,
      memory: new BodyMemory(bodyMemory),
    }
    this.#agent = new Agent({
      connections: options.concurrency,
      // The time of an attempt is measured as a whole.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: timeout === Infinity ? 0 : timeout },
    })
  }

  async call(items: readonly Item[]): Promise<readonly Result[]> {
    const { url, method, headers, isBatched } = this.#options
    const { origin, path } = url.fill(items[0]!)
    const options: Dispatcher.DispatchOptions = { origin, path, method, headers }
    if (this.#hasBody) {
      options.body = isBatched ? `[${items.map(({ json }) => json).join(',')}]` : items[0]!.json
    }
    let answer: Answer
    try {
      answer = await exchange(this.#agent, options, this.#limits)
    } catch (error) {
      if (error instanceof ItemError || error instanceof TimeoutError) throw error
      throw unreachable(origin, error as NodeJS.ErrnoException)
    }
    return isBatched ? readBatchAnswer(answer, items.length) : [readAnswer(answer)]
  }

  abort(): void {
    void this.#agent.destroy()
  }
}

function unreachable(origin: string, error: NodeJS.ErrnoException): ItemError {
  // Several addresses were tried: each has its own error, and together they have no message.
  const { errors } = error as { errors?: readonly Error[] }
  const reason = error.message === '' ? (errors?.[0]?.message ?? error.code) : error.message
  return new ItemError('JITNEY_REQUEST_FAILED', `Cannot reach ${origin}: ${reason}`, {
    cause: error,
    isRetryable: true,
  })
}
