import type { IncomingHttpHeaders } from 'node:http'
import { TimeoutError } from 'jitney'
import type { Dispatcher } from 'undici'
import type { BodyMemory, BodyReader } from './body-memory.ts'
import type { ItemError } from './item-error.ts'
import { tooLarge } from './result-of-text.ts'

/** What a server answered. */
export interface Answer {
  readonly status: number
  readonly statusText: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const nothing = Buffer.alloc(0)

/** What an answer may take. */
export interface ExchangeLimits {
  /** Bytes of its body. */
  readonly maxSize: number
  /** Milliseconds, from the call to the end of the body. */
  readonly timeout: number
  /** Shared by all that are under way. */
  readonly memory: BodyMemory
}

/**
 * One request and its answer, read whole. Rejects with a `TimeoutError` or an `ItemError` at a
 * limit, or with what the dispatcher says.
 *
 * Straight on the dispatcher, with a timer instead of a signal: `undici.request` makes a stream per
 * answer and `AbortSignal` an event target, each as dear as all else that is done for an item.
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(options, new AnswerReader(limits, resolve, reject))
  })
}

class AnswerReader implements Dispatcher.DispatchHandler, BodyReader {
  readonly #limits: ExchangeLimits
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (error: Error) => void
  readonly #timer: NodeJS.Timeout | undefined
  #controller: Dispatcher.DispatchController | undefined
  #failure: Error | undefined
  #status = 0
  #statusText = ''
  #headers: IncomingHttpHeaders = {}
  #chunks: Buffer[] = []
  #size = 0

  constructor(
    limits: ExchangeLimits,
    resolve: (answer: Answer) => void,
    reject: (error: Error) => void,
  ) {
    this.#limits = limits
    this.#resolve = resolve
    this.#reject = reject
    const { timeout } = limits
    if (timeout !== Infinity) this.#timer = setTimeout(expire, timeout, this)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#failure !== undefined) controller.abort(this.#failure)
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText = '',
  ): void {
    this.#status = status
    this.#statusText = statusText
    this.#headers = headers
    if (Number(headers['content-length']) > this.#limits.maxSize) this.fail(this.#tooLarge())
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#failure !== undefined) return
    this.#limits.memory.take(this, chunk.length, this.#size === 0)
    this.#size += chunk.length
    if (this.#size > this.#limits.maxSize) this.fail(this.#tooLarge())
    else this.#chunks.push(chunk)
  }

  pause(): void {
    this.#controller?.pause()
  }

  /** Later: this may be called while another answer is parsed, and undici parses one at a time. */
  resume(): void {
    setImmediate(() => this.#controller?.resume())
  }

  onResponseEnd(): void {
    this.#end()
    const chunks = this.#chunks
    this.#resolve({
      status: this.#status,
      statusText: this.#statusText,
      headers: this.#headers,
      body: chunks.length > 1 ? Buffer.concat(chunks) : (chunks[0] ?? nothing),
    })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end()
    this.#reject(this.#failure ?? error)
  }

  /** Gives up. Before there is a connection there is nothing else to end. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#end()
    this.#chunks = []
    this.#reject(this.#failure)
    this.#controller?.abort(this.#failure)
  }

  #end(): void {
    clearTimeout(this.#timer)
    if (this.#size > 0) this.#limits.memory.give(this, this.#size)
    this.#size = 0
  }

  get timeout(): number {
    return this.#limits.timeout
  }

  #tooLarge(): ItemError {
    return tooLarge(`The answer with status ${this.#status}`, this.#limits.maxSize)
  }
}

function expire(reader: AnswerReader): void {
  reader.fail(new TimeoutError(reader.timeout))
}
