import type { FastifyInstance } from 'fastify'

/** `GET` and `HEAD` for those who watch the service: is it alive, does it take requests, what has it done. */
export function addProbeEndpoints(app: FastifyInstance, stats: () => object): void {
  app.get('/healthz', (_request, reply) => void reply.send({ status: 'ok' }))
  app.get('/readyz', (_request, reply) => void reply.send({ status: 'ready' }))
  app.get('/stats', (_request, reply) => void reply.send(stats()))
}
