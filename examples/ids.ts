// An API that reads up to a hundred users with GET /users?ids=1,2,3, and says nothing of ids that it
// does not know. Callers ask for one user each, many of them for the same.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Batcher } from 'jitney'

interface User {
  readonly id: number
  readonly name: string
}

let requests = 0
const server = createServer(({ url = '' }, response) => {
  requests += 1
  const ids = new URL(url, 'http://local').searchParams.get('ids')?.split(',').map(Number) ?? []
  // In an order of its own.
  const known = ids.filter((id) => id < 1000).toSorted((left, right) => right - left)
  response.writeHead(ids.length > 100 ? 400 : 200)
  response.end(JSON.stringify(known.map((id): User => ({ id, name: `user ${id}` }))))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

const users = new Batcher(
  async (ids: number[], { signal }): Promise<(User | undefined)[]> => {
    const response = await fetch(`http://127.0.0.1:${port}/users?ids=${ids.join(',')}`, { signal })
    if (!response.ok) throw new Error(`The server answered ${response.status}`)
    const found = new Map(((await response.json()) as User[]).map((user) => [user.id, user]))
    return ids.map((id) => found.get(id))
  },
  { maxBatchSize: 100, concurrency: 4, dedupeKey: (id) => id },
)

// 500 calls for 251 users, one of whom nobody knows.
const calls = Array.from({ length: 500 }, (_, n) => users.process(n === 7 ? 4096 : n % 250))
const results = await Promise.all(calls)
console.log(results[3], results[7], results[253] === results[3])
console.log(`${results.length} calls, ${requests} requests`)
await users.close()
server.close()
server.closeAllConnections()

// Output:
// { id: 3, name: 'user 3' } undefined true
// 500 calls, 3 requests
