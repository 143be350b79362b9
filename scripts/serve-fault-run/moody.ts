import { below, codeOf, nextNumber, oneOf, refusals, wrong } from './asking.ts'
import type { Client } from './client.ts'

/** How a route fails, and how often it is asked to. */
export interface Moody {
  readonly moods: readonly string[]
  /** One of so many items has a mood. */
  readonly share: number
  /** The mood of an item that fails alone, with 422. */
  readonly own?: string
  /** Whether a server is behind it, which is killed now and then. */
  readonly isServer?: boolean
}

/** Of a batch, whoever in it was to blame. */
const batchFailures = new Map([
  [500, /^(JITNEY_BATCH|JITNEY_RESULT|JITNEY_ITEM_FAILED)/],
  [504, /^JITNEY_BATCH_TIMEOUT/],
])
const serverFailures = new Map([
  [502, /^JITNEY_UPSTREAM_FAILED/],
  [503, /^JITNEY_UPSTREAM_BUSY/],
  [504, /^(JITNEY_UPSTREAM_TIMEOUT|JITNEY_BATCH_TIMEOUT)/],
])

/** Asks for a double, or for trouble. */
export async function moody(
  client: Client,
  route: string,
  { moods, share, own, isServer = false }: Moody,
): Promise<string> {
  const number = nextNumber()
  const mood = below(share) === 0 ? oneOf(moods) : undefined
  const asked = JSON.stringify({ number, mood })
  const answer = await client.post(`/${route}`, asked)
  if (answer.status === 200) {
    // What is sent again, or in halves, may get past a mood.
    const mayDouble = mood === undefined || isServer
    if (answer.body !== `${number * 2}` || !mayDouble) wrong(route, asked, answer)
    return '200'
  }
  const code = codeOf(route, asked, answer)
  const isOwn = mood !== undefined && mood === own && answer.status === 422
  const failures = isServer ? serverFailures : batchFailures
  const isBatch = failures.get(answer.status)?.test(code) === true
  if (!isOwn && !isBatch && !refusals.includes(code)) wrong(route, asked, answer)
  return `${answer.status} ${code}`
}
