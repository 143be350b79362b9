import { type BatchFunction, outcome } from 'jitney'
import { type Fetch, HttpError } from 'jitney/http'
import type { Parcel } from '../route.ts'
import { traceOf } from '../upstream/upstream-headers.ts'
import { joinInputs, splitOutputs } from './infer-batch.ts'
import { readMessage } from './read-message.ts'
import type { Inference } from './read-request.ts'
import { readTensors } from './read-tensors.ts'
import { lengthHeader, writeMessage } from './write-tensors.ts'

export interface UpstreamSettings {
  /** Where it takes inference requests. */
  readonly url: string
  readonly fetch: Fetch
  readonly headers: Readonly<Record<string, string>>
  /** Whether tensors are sent as bytes. */
  readonly binary: boolean
  readonly attempts: number
  /** Longest that it may ask to be left alone, in milliseconds. */
  readonly maxDelay: number
}

const busy = new Set([429, 503])
const divisible = new Set([400, 413, 422])

/**
 * A batch function that is a model of another server. What that refuses is thrown, and so sent in
 * halves; what it has no room for is sent again; all else fails each item alone.
 */
export function upstreamFunction(settings: UpstreamSettings): BatchFunction<Parcel, unknown> {
  return async (parcels, { signal, entries }) => {
    try {
      return await infer(settings, parcels, signal)
    } catch (error) {
      if (signal.aborted || (error instanceof HttpError && divisible.has(error.status ?? 0))) {
        throw error
      }
      const { retryAfter = 0 } = error as HttpError
      const mayWait = isBusy(error) && retryAfter <= settings.maxDelay
      return parcels.map((_parcel, place) =>
        mayWait && entries[place]!.attempt < settings.attempts
          ? outcome.retry({ after: retryAfter })
          : outcome.error(failed(error)),
      )
    }
  }
}

async function infer(
  { url, fetch, headers: fixed, binary }: UpstreamSettings,
  parcels: readonly Parcel[],
  signal: AbortSignal,
): Promise<unknown[]> {
  const requests = parcels.map(({ item }) => item as Inference)
  const { outputs, parameters } = requests[0]!
  const asked = binary ? { ...parameters, binary_data_output: true } : parameters
  const { body, headers } = writeMessage(
    {
      ...(Object.keys(asked).length > 0 && { parameters: asked }),
      ...(outputs.length > 0 && { outputs }),
    },
    'inputs',
    Object.entries(joinInputs(requests)),
    () => binary,
  )
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, ...fixed, ...traceOf(parcels) },
    body: body as string,
    signal,
    redirect: 'manual',
  }).catch(unreachable)
  const bytes = Buffer.from(await response.arrayBuffer().catch(unreachable))
  if (!response.ok) throw refusalOf(response, bytes)
  try {
    const { json, tail } = readMessage(bytes, response.headers.get(lengthHeader) ?? undefined)
    const tensors = readTensors((Object(json) as { outputs?: unknown }).outputs, tail)
    return splitOutputs(Object.fromEntries(tensors), requests)
  } catch (error) {
    const message = `Cannot read the answer: ${(error as Error).message}`
    throw new HttpError('JITNEY_WRONG_ANSWER', message, { cause: error })
  }
}

function isBusy(error: unknown): error is HttpError {
  return error instanceof HttpError && busy.has(error.status ?? 0)
}

/** One for each caller. */
function failed(error: unknown): Error {
  return new Error('The model server failed', { cause: error })
}

function unreachable(cause: unknown): never {
  throw new HttpError('JITNEY_REQUEST_FAILED', `No answer: ${String(cause)}`, { cause })
}

function refusalOf({ status, headers }: Response, bytes: Buffer): HttpError {
  const seconds = Number(headers.get('retry-after') ?? NaN)
  return new HttpError('JITNEY_HTTP_STATUS', `The server answered ${status}`, {
    status,
    body: bytes.toString('utf8', 0, 1000),
    retryAfter: seconds >= 0 ? seconds * 1000 : undefined,
  })
}
