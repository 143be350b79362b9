import type { Fetch } from 'jitney/http'
import { Agent, fetch } from 'undici'

/** Connections to a server elsewhere. */
export interface Transport {
  readonly fetch: Fetch
  /** Closes them; what is under way ends first. */
  readonly close: () => Promise<void>
}

/** @param maxAnswerSize most bytes of an answer, which fails above that. */
export function openTransport(maxAnswerSize = 64 * 1024 * 1024): Transport {
  const dispatcher = new Agent({ maxResponseSize: maxAnswerSize, connect: { timeout: 10_000 } })
  const send = (url: string, init: object): unknown => fetch(url, { ...init, dispatcher })
  return { fetch: send as Fetch, close: () => dispatcher.close() }
}
