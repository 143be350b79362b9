import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isUint8Array } from 'node:util/types'
import { asCompleted, BatcherClosedError, type Permit, QueueFullError } from 'jitney'
import type { BodyBytes } from '../body-bytes.ts'
import type { Call } from '../call.ts'
import { parseJson } from '../parse-json.ts'
import type { RouteMetrics } from '../metrics/metrics.ts'
import { type Problem, ProblemError } from '../problem.ts'
import { badBody, closing } from '../problem-of.ts'
import type { RouteFailures } from '../route-failures.ts'
import { jsonOf } from '../send-result.ts'
import type { ServedRoute } from '../served-route.ts'
import type { Cut } from './cutter.ts'

/** How long an item waits before it asks again for room in a full queue, in milliseconds. */
const roomDelay = 20

/** What a stream is answered from. */
export interface StreamParts {
  readonly route: ServedRoute
  readonly failures: RouteFailures
  readonly call: Call
  readonly cuts: AsyncIterable<Cut>
  readonly bytes: BodyBytes
  readonly metrics: RouteMetrics
  readonly out: ServerResponse
  readonly requestId: string
  /** How long the client may leave what was written where it is, in milliseconds. */
  readonly patience: number
}

/**
 * Writes the results of a stream as they come, and the last line. Rejects if the client goes or does
 * not take them. When the time it gave has passed, what is not done fails and nothing more is read.
 */
export async function answerStream(parts: StreamParts): Promise<void> {
  const { route, failures, call, cuts, bytes, metrics, out, requestId, patience } = parts
  const { client } = call
  const signal = call.options.signal!
  let ok = 0
  let failed = 0
  let ending: Problem | undefined

  const lineOf = async (cut: Cut, index: number): Promise<string> => {
    const since = performance.now()
    let held: Permit | undefined
    try {
      if (!Buffer.isBuffer(cut)) {
        if (cut.isLast) {
          ending = lateness(signal) ?? (cut.isClosing ? closing : badBody(cut.problem))
          return ''
        }
        failed += 1
        return lineOfProblem(index, badBody(cut.problem))
      }
      held = await bytes.wait(cut, signal)
      const result = await processWithRoom(route, parseJson(cut), call)
      const line = `{"index":${index},${resultPart(result)}}\n`
      ok += 1
      metrics.answered(performance.now() - since, 200)
      return line
    } catch (error) {
      failed += 1
      const problem = failures.problemOf(error, requestId)
      metrics.answered(performance.now() - since, problem.status)
      return lineOfProblem(index, problem)
    } finally {
      held?.release()
    }
  }

  for await (const line of asCompleted(cuts, lineOf, {
    concurrency: route.streamSlots,
    signal: client,
  })) {
    await write(out, line, client, patience)
  }
  const done = ending === undefined
  const last = { done, ok, failed, ...(ending && { error: shown(ending) }) }
  await write(out, `${JSON.stringify(last)}\n`, client, patience)
  out.end()
}

/** Waits while the queue is full: single requests are told to come back, a stream comes back by itself. */
async function processWithRoom(given: ServedRoute, item: unknown, call: Call): Promise<unknown> {
  let route = given
  for (;;) {
    try {
      return await takenBy(route, item, call)
    } catch (error) {
      // The configuration was loaded again since the stream began.
      if (error instanceof BatcherClosedError && route.successor !== undefined) {
        route = route.successor
        continue
      }
      if (!(error instanceof QueueFullError)) throw error
      const signal = call.options.signal!
      await sleep(roomDelay, undefined, { signal }).catch(() => {})
      if (signal.aborted) throw signal.reason as Error
    }
  }
}

function takenBy(route: ServedRoute, item: unknown, call: Call): Promise<unknown> {
  return new Promise((resolve) => {
    route.take(item, call, resolve)
  })
}

/** What a deadline that has passed says. */
function lateness({ reason }: AbortSignal): Problem | undefined {
  return reason instanceof ProblemError ? reason.problem : undefined
}

function resultPart(result: unknown): string {
  if (result === undefined) return '"result":null'
  if (isUint8Array(result)) {
    return `"encoding":"base64","result":"${Buffer.from(result).toString('base64')}"`
  }
  return `"result":${jsonOf(result)}`
}

function lineOfProblem(index: number, problem: Problem): string {
  return `${JSON.stringify({ index, error: shown(problem) })}\n`
}

function shown({ status, code, detail }: Problem): Omit<Problem, 'headers'> {
  return { status, code, detail }
}

/** Throws if the client does not take what was written before for too long. */
async function write(
  out: ServerResponse,
  text: string,
  client: AbortSignal,
  patience: number,
): Promise<void> {
  if (text === '' || out.write(text)) return
  const signals = patience === Infinity ? [client] : [client, AbortSignal.timeout(patience)]
  await once(out, 'drain', { signal: AbortSignal.any(signals) })
}
