import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerHeaders } from '../answer-headers.ts'
import { sendProblem } from '../problem.ts'
import { busy } from '../problem-of.ts'
import type { Streams } from '../stream/streams.ts'

/** Milliseconds between two events. */
const interval = 1000
/** Events between two heartbeats. */
const heartbeatEvery = 15

interface Listener {
  readonly out: ServerResponse
  readonly leave: () => void
  /** Events that it did not take. */
  missed: number
}

/** What a `StatsStream` is made of. */
export interface StatsStreamParts {
  readonly streams: Streams
  /** What an event says; JSON-able. */
  readonly snapshot: () => Promise<object>
  /** How long a listener may leave what was written where it is, in milliseconds. */
  readonly patience: number
}

/**
 * `GET /stats/stream`: server-sent events, one a second, for whoever watches
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * Guarantees:
 * - a listener counts as an open stream, of which there are only so many;
 * - one that does not read misses events, and is left after a while; nothing piles up for it;
 * - each event is made once for all; without listeners no timer runs and nothing is read.
 */
export class StatsStream {
  readonly #parts: StatsStreamParts
  readonly #listeners = new Set<Listener>()
  #timer: NodeJS.Timeout | undefined
  #events = 0

  constructor(parts: StatsStreamParts) {
    this.#parts = parts
  }

  handle(request: FastifyRequest, reply: FastifyReply): void {
    const headers = { 'content-type': 'text/event-stream; charset=utf-8' }
    if (request.method === 'HEAD') {
      void reply.headers(headers).send()
      return
    }
    const leave = this.#parts.streams.enter(request.raw.socket)
    if (leave === undefined) {
      sendProblem(reply, busy)
      return
    }
    const out = reply.raw
    const listener: Listener = { out, leave, missed: 0 }
    this.#listeners.add(listener)
    out.once('close', () => {
      this.#forget(listener)
    })
    reply.hijack()
    out.writeHead(200, { ...answerHeaders(reply), ...headers })
    out.write(`retry: ${interval}\n\n`)
    this.#timer ??= setInterval(() => void this.#tell([...this.#listeners]), interval).unref()
    void this.#tell([listener])
  }

  /** Tells all listeners how things are now, and ends their streams. */
  async close(): Promise<void> {
    const listeners = [...this.#listeners]
    await this.#tell(listeners)
    for (const { out } of listeners) out.end()
  }

  async #tell(listeners: readonly Listener[]): Promise<void> {
    if (listeners.length === 0) return
    const data = `event: stats\ndata: ${JSON.stringify(await this.#parts.snapshot())}\n\n`
    this.#events += 1
    const text = this.#events % heartbeatEvery === 0 ? `: heartbeat\n\n${data}` : data
    for (const listener of listeners) this.#write(listener, text)
  }

  #write(listener: Listener, text: string): void {
    const { out } = listener
    if (out.writableEnded || out.destroyed) return
    if (!out.writableNeedDrain) {
      listener.missed = 0
      out.write(text)
      return
    }
    listener.missed += 1
    if (listener.missed * interval > this.#parts.patience) out.destroy()
  }

  #forget(listener: Listener): void {
    listener.leave()
    this.#listeners.delete(listener)
    if (this.#listeners.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
