// Resolvers of GraphQL ask for one user each; the database gets one query per level of the request.
// Loaders are made per request, as their cache is: nobody sees what another one was allowed to see.
import { buildSchema, graphql } from 'graphql'
import { DataLoader } from 'jitney/dataloader'

type User = { id: number; name: string; friends: number[] }

const users = new Map<number, User>([
  [1, { id: 1, name: 'Ada', friends: [2, 3] }],
  [2, { id: 2, name: 'Grace', friends: [1, 3] }],
  [3, { id: 3, name: 'Barbara', friends: [2, 9] }],
])

async function findUsers(ids: readonly number[], viewer: string): Promise<(User | undefined)[]> {
  console.log(`query for ${viewer}: ${ids.join(', ')}`)
  return ids.map((id) => users.get(id))
}

type Context = { readonly users: DataLoader<number, User> }

function createContext(viewer: string): Context {
  return {
    users: new DataLoader(async (ids) => {
      const found = await findUsers(ids, viewer)
      return found.map((user, index) => user ?? new Error(`no user ${ids[index]}`))
    }),
  }
}

const schema = buildSchema(`
  type User { name: String!, friends: [User]! }
  type Query { user(id: Int!): User }
`)

class Person {
  readonly #user: User
  readonly name: string
  constructor(user: User) {
    this.#user = user
    this.name = user.name
  }
  friends(_: unknown, context: Context): Promise<Person>[] {
    return this.#user.friends.map((id) => load(id, context))
  }
}
const load = async (id: number, context: Context): Promise<Person> =>
  new Person(await context.users.load(id))
const rootValue = { user: ({ id }: { id: number }, context: Context) => load(id, context) }

const source = '{ a: user(id: 1) { friends { name, friends { name } } }, b: user(id: 2) { name } }'
const answer = await graphql({ schema, source, rootValue, contextValue: createContext('Zoe') })
console.log(JSON.stringify(answer.data))
console.log(answer.errors?.map(({ message, path }) => `${message} at ${path?.join('.')}`))

// Output:
// query for Zoe: 1, 2
// query for Zoe: 3
// query for Zoe: 9
// {"a":{"friends":[{"name":"Grace","friends":[{"name":"Ada"},{"name":"Barbara"}]},{"name":"Barbara","friends":[{"name":"Grace"},null]}]},"b":{"name":"Grace"}}
// [ 'no user 9 at a.friends.1.friends.1' ]
