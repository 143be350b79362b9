import type { FastifyInstance } from 'fastify'
import { sendProblem } from './problem.ts'
import { unreachable } from './problem-of.ts'

/** `GET` and `HEAD` for those who watch the service: is it alive, does it take requests, what has it done. */
export function addProbeEndpoints(
  app: FastifyInstance,
  stats: () => Promise<object>,
  look: () => Promise<boolean>,
): void {
  app.get('/healthz', (_request, reply) => void reply.send({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    if (await look()) return reply.send({ status: 'ready' })
    sendProblem(reply, unreachable)
    return reply
  })
  app.get('/stats', async (_request, reply) => reply.send(await stats()))
}
