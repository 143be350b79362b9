import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
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

/**
 * One request and its answer, read whole, up to a size.
 *
 * Straight on the dispatcher: `undici.request` makes a stream per answer, which is a third of the
 * cost of a small request.
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  maxSize: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const handler = new AnswerReader(maxSize, signal, resolve, reject)
    dispatcher.dispatch(options, handler)
  })
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #maxSize: number
  readonly #signal: AbortSignal | undefined
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (error: Error) => void
  #controller: Dispatcher.DispatchController | undefined
  #failure: Error | undefined
  #status = 0
  #statusText = ''
  #headers: IncomingHttpHeaders = {}
  #chunks: Buffer[] = []
  #size = 0

  constructor(
    maxSize: number,
    signal: AbortSignal | undefined,
    resolve: (answer: Answer) => void,
    reject: (error: Error) => void,
  ) {
    this.#maxSize = maxSize
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
    signal?.addEventListener('abort', this)
  }

  /** The signal aborted. Before there is a connection there is nothing else to end. */
  handleEvent(): void {
    this.#fail(this.#signal!.reason as Error)
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
    if (Number(headers['content-length']) > this.#maxSize) this.#fail(this.#tooLarge())
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#maxSize) this.#fail(this.#tooLarge())
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#signal?.removeEventListener('abort', this)
    const chunks = this.#chunks
    this.#resolve({
      status: this.#status,
      statusText: this.#statusText,
      headers: this.#headers,
      body: chunks.length > 1 ? Buffer.concat(chunks) : (chunks[0] ?? nothing),
    })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end(this.#failure ?? error)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#chunks = []
    this.#controller?.abort(this.#failure)
    this.#end(this.#failure)
  }

  #end(error: Error): void {
    this.#signal?.removeEventListener('abort', this)
    this.#reject(error)
  }

  #tooLarge(): ItemError {
    return tooLarge(`The answer with status ${this.#status}`, this.#maxSize)
  }
}
