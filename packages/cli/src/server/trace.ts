import type { IncomingHttpHeaders } from 'node:http'

/** Where a request belongs, by W3C Trace Context: header names and values, to be passed on. */
export type Trace = Readonly<Record<'traceparent', string> & Partial<Record<'tracestate', string>>>

const traceparent = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(-.*)?$/
const mostState = 512

/** What a request's head says of it; `undefined` if nothing that is well-formed. */
export function readTrace(headers: IncomingHttpHeaders): Trace | undefined {
  const parent = headers['traceparent']
  if (typeof parent !== 'string' || !traceparent.test(parent)) return undefined
  const state = headers['tracestate']
  const isState = typeof state === 'string' && state !== '' && state.length <= mostState
  return isState ? { traceparent: parent, tracestate: state } : { traceparent: parent }
}
