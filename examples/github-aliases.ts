// GitHub's GraphQL API has no list of repositories by name, but a query may ask for many things, each
// by an alias of its own. A server beside stands in for api.github.com/graphql.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { outcome } from 'jitney'
import { httpBatcher } from 'jitney/http'

type Repository = { readonly stars: number } | null
interface Answer {
  readonly data: Readonly<Record<string, Repository>>
  readonly errors?: readonly { readonly path: readonly string[]; readonly message: string }[]
}

let requests = 0
const server = createServer((request, response) => void answer(request, response))
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  requests += 1
  const { query } = (await json(request)) as { query: string }
  const data: Record<string, Repository> = {}
  const errors: object[] = []
  for (const [, alias = '', name = ''] of query.matchAll(/(r\d+): repository\(.*?name: "(.*?)"/g)) {
    data[alias] = name === 'gone' ? null : { stars: name.length }
    if (name === 'gone')
      errors.push({ path: [alias], message: 'Could not resolve to a Repository' })
  }
  response.end(JSON.stringify({ data, errors }))
}
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

const fieldOf = (path: string, index: number): string => {
  const [owner, name] = path.split('/').map((part) => JSON.stringify(part))
  return `r${index}: repository(owner: ${owner}, name: ${name}) { stars: stargazerCount }`
}
const repositories = httpBatcher<string, Repository>(`http://127.0.0.1:${port}/graphql`, {
  // A query only reads: it may be sent again.
  idempotent: true,
  request: (paths) => ({ query: `query { ${paths.map(fieldOf).join(' ')} }` }),
  results: ({ data, errors = [] }: Answer, paths) =>
    paths.map((_, index) => {
      const error = errors.find(({ path }) => path[0] === `r${index}`)
      return error === undefined ? data[`r${index}`]! : outcome.error(new Error(error.message))
    }),
})

const paths = ['denoland/std', 'jitney/gone', 'graphql/dataloader']
const [std, gone, loader] = await Promise.allSettled(
  paths.map((path) => repositories.process(path)),
)
console.log(std, loader)
console.log(gone?.status === 'rejected' && (gone.reason as Error).message, `${requests} request`)
await repositories.close()
server.close()

// Output:
// { status: 'fulfilled', value: { stars: 3 } } { status: 'fulfilled', value: { stars: 10 } }
// Could not resolve to a Repository 1 request
