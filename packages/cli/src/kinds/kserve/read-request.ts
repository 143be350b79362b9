import type { Tensor } from 'jitney/tensor'
import { ProblemError } from '../../server/problem.ts'
import type { ProtocolRequest } from '../protocol.ts'
import { readMessage } from './read-message.ts'
import { readTensors, rowsOf } from './read-tensors.ts'
import { refused } from './refused.ts'
import { lengthHeader } from './write-tensors.ts'

/** One inference request. */
export interface Inference {
  readonly id: string | undefined
  readonly rows: number
  readonly inputs: ReadonlyMap<string, Tensor>
  /** The outputs that it asks for, as it does; all, if it names none. */
  readonly outputs: readonly RequestedOutput[]
  /** Of the request, but for those that concern its answer alone. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Equal for requests that can share a batch. */
  readonly key: string
  /** Whether an output is to come as bytes. */
  readonly isBinary: (name: string) => boolean
}

interface RequestedOutput {
  readonly name: string
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** Reads a request as KServe's and Triton's clients send it. Throws a `ProblemError`. */
export function readRequest({ headers, body }: ProtocolRequest): Inference {
  try {
    return read(headers[lengthHeader], body)
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw refused(`Cannot read the inference request: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function read(length: string | string[] | undefined, body: Buffer): Inference {
  const { json, tail } = readMessage(body, Array.isArray(length) ? length.join() : length)
  const said = objectOf(json, 'the body')
  const { id } = said
  if (id !== undefined && typeof id !== 'string') throw new Error("'id' must be a string")
  const inputs = readTensors(said['inputs'], tail)
  const given = said['parameters'] === undefined ? {} : objectOf(said['parameters'], "'parameters'")
  const { binary_data_output: areBinary, ...parameters } = given
  const requested = outputsIn(said['outputs'])
  const binary = new Map(requested.map(({ name, isBinary }) => [name, isBinary]))
  const outputs = requested.map(({ isBinary: _isBinary, ...output }) => output)
  return {
    id,
    rows: rowsOf(inputs),
    inputs,
    outputs,
    parameters,
    key: keyOf(inputs, outputs, parameters),
    isBinary: (name) => binary.get(name) ?? areBinary === true,
  }
}

function outputsIn(
  list: unknown,
): readonly (RequestedOutput & { readonly isBinary: boolean | undefined })[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) throw new Error("'outputs' must be an array")
  return list.map((each) => {
    const { name, parameters = {} } = objectOf(each, 'an output')
    if (typeof name !== 'string') throw new Error('an output has no name')
    const { binary_data: isBinary, ...rest } = objectOf(parameters, `the parameters of '${name}'`)
    if ('shared_memory_region' in rest)
      throw new Error(`'${name}' is in shared memory, which is not taken`)
    return {
      name,
      ...(Object.keys(rest).length > 0 && { parameters: rest }),
      isBinary: typeof isBinary === 'boolean' ? isBinary : undefined,
    }
  })
}

function keyOf(inputs: Inference['inputs'], outputs: object, parameters: object): string {
  const shapes = [...inputs]
    .map(([name, { type, shape }]) => [name, type, ...shape.slice(1)])
    .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1))
  return JSON.stringify([shapes, outputs, parameters])
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if ({}.toString.call(value) === '[object Object]') return value as Record<string, unknown>
  throw new Error(`${what} must be an object`)
}
