import { createRequire } from 'node:module'

// The very copy that jitney serves with.
const require = createRequire(new URL('../../../packages/cli/package.json', import.meta.url))
const { fastify } = require('fastify')

/** Nothing but Fastify, as its documentation begins: JSON in, JSON out. */
const app = fastify()
app.post('/run', (request, reply) => {
  reply.send(JSON.stringify(request.body))
})
await app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
const { port } = /** @type {import('node:net').AddressInfo} */ (app.server.address())
console.log(`Listening on http://127.0.0.1:${port}`)
process.once('SIGTERM', () => process.exit())
