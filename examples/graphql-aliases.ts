// An API without a field for many, such as GitHub's, is asked for many by aliases: one request has
// r0: repository(...), r1: repository(...). One that is not there is an error at its own alias.
import { buildSchema, graphql } from 'graphql'
import { Batcher } from 'jitney'

type Name = { owner: string; name: string }
type Answer = {
  data: Record<string, { stars: number } | null>
  errors?: { message: string; path: [string] }[]
}

const schema = buildSchema(`
  type Repository { stars: Int! }
  type Query { repository(owner: String!, name: String!): Repository }
`)
const rootValue = {
  repository({ owner, name }: Name) {
    if (name === 'nothing') throw new Error(`Could not resolve ${owner}/${name}`)
    return { stars: name.length * 1000 }
  },
}

/** Stands in for the server: in a program of your own, `fetch` with a token. */
async function post(source: string, variableValues: Record<string, string>): Promise<Answer> {
  console.log(source)
  const answer = await graphql({ schema, rootValue, source, variableValues })
  return JSON.parse(JSON.stringify(answer)) as Answer
}

const repositories = new Batcher(
  async (names: Name[]) => {
    // Names go as variables, never into the text of the query.
    const parameters = names.map((_, index) => `$o${index}: String!, $n${index}: String!`)
    const fields = names.map(
      (_, index) => `r${index}: repository(owner: $o${index}, name: $n${index}) { stars }`,
    )
    const variables = Object.fromEntries(
      names.flatMap(({ owner, name }, index) => [
        [`o${index}`, owner],
        [`n${index}`, name],
      ]),
    )
    const query = `query (${parameters.join(', ')}) {\n  ${fields.join('\n  ')}\n}`
    const { data, errors = [] } = await post(query, variables)
    const messages = new Map(errors.map(({ path, message }) => [path[0], message]))
    return names.map(
      (_, index) => data[`r${index}`] ?? new Error(messages.get(`r${index}`) ?? 'not found'),
    )
  },
  { maxBatchSize: 100, dedupeKey: ({ owner, name }) => `${owner}/${name}` },
)

const wanted = ['node', 'nothing', 'undici'].map((name) => ({ owner: 'nodejs', name }))
for (const settled of await repositories.processAllSettled(wanted)) {
  console.log(settled.status === 'fulfilled' ? settled.value.stars : settled.reason.message)
}
await repositories.close()

// Output:
// query ($o0: String!, $n0: String!, $o1: String!, $n1: String!, $o2: String!, $n2: String!) {
//   r0: repository(owner: $o0, name: $n0) { stars }
//   r1: repository(owner: $o1, name: $n1) { stars }
//   r2: repository(owner: $o2, name: $n2) { stars }
// }
// 4000
// Could not resolve nodejs/nothing
// 6000
