import type { FastifyInstance } from 'fastify'
import { answerClientError } from './client-error.ts'
import type { Connections } from './connections.ts'
import type { Streams } from './stream/streams.ts'

/** What Node says of a head that takes too long. */
const tooSlow: NodeJS.ErrnoException = Object.assign(new Error('The request took too long'), {
  code: 'ERR_HTTP_REQUEST_TIMEOUT',
})

/** Answers 408 to requests whose body takes too long to arrive; a stream has its own sense of time. */
export function refuseSlowBodies(
  app: FastifyInstance,
  connections: Connections,
  streams: Streams,
  timeout: number,
): void {
  if (timeout === Infinity) return
  const timer = setInterval(
    () => {
      for (const socket of connections.arrivingFor(timeout)) {
        if (!streams.has(socket)) {
          answerClientError(tooSlow, socket, connections.mayAnswer(socket))
        }
      }
    },
    Math.ceil(Math.min(30_000, timeout / 4)),
  ).unref()
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer)
    done()
  })
}
