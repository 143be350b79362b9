// An API without a field for many, such as GitHub's, is asked for many by aliases, r0 and r1 and so
// on. What is not there is an error at its own alias.
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
  repository: ({ name }: Name) =>
    name === 'nothing' ? new Error(`no ${name}`) : { stars: name.length },
}

/** Stands in for the server: in a program of your own, `fetch` with a token. */
async function post(source: string, variableValues: Record<string, string>): Promise<Answer> {
  console.log(source)
  const answer = await graphql({ schema, rootValue, source, variableValues })
  return JSON.parse(JSON.stringify(answer)) as Answer
}

const repositories = new Batcher(
  async (names: Name[]) => {
    // As variables, never in the text of the query.
    const parameters = names.map((_, index) => `$o${index}: String!, $n${index}: String!`)
    const fields = names.map(
      (_, index) => `r${index}: repository(owner: $o${index}, name: $n${index}) { stars }`,
    )
    const variables = names.map(({ owner, name }, index) => ({
      [`o${index}`]: owner,
      [`n${index}`]: name,
    }))
    const query = `query (${parameters.join(', ')}) {\n  ${fields.join('\n  ')}\n}`
    const { data, errors = [] } = await post(query, Object.assign({}, ...variables))
    const messages = new Map(errors.map(({ path, message }) => [path[0], message]))
    return names.map((_, index) => data[`r${index}`] ?? new Error(messages.get(`r${index}`)))
  },
  { maxBatchSize: 100 },
)

const wanted = ['node', 'nothing', 'undici'].map((name) => ({ owner: 'nodejs', name }))
const settled = await repositories.processAllSettled(wanted)
for (const one of settled) console.log(one.status === 'fulfilled' ? one.value : one.reason.message)
await repositories.close()

// Output:
// query ($o0: String!, $n0: String!, $o1: String!, $n1: String!, $o2: String!, $n2: String!) {
//   r0: repository(owner: $o0, name: $n0) { stars }
//   r1: repository(owner: $o1, name: $n1) { stars }
//   r2: repository(owner: $o2, name: $n2) { stars }
// }
// { stars: 4 }
// no nothing
// { stars: 6 }
