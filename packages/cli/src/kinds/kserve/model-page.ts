import type { Fetch } from 'jitney/http'
import { ProblemError } from '../../server/problem.ts'

const patience = 5000

/** What a model server says of a model. Throws a `ProblemError`. */
export async function modelPage(
  fetch: Fetch,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<object> {
  const signal = AbortSignal.timeout(patience)
  try {
    const response = await fetch(url, { headers, signal, redirect: 'manual' })
    const text = await response.text()
    if (response.ok) return text === '' ? {} : (Object(JSON.parse(text)) as object)
    throw new Error(`It answered ${response.status}`)
  } catch (cause) {
    const detail = 'The model server behind this route is not ready.'
    throw new ProblemError({ status: 503, code: 'JITNEY_UPSTREAM_NOT_READY', detail }, { cause })
  }
}
