import type { Protocol } from '../protocol.ts'
import type { NamedTensors } from './infer-batch.ts'
import { kserveOperation } from './operation.ts'
import { type Inference, readRequest } from './read-request.ts'
import { refused, writeProblem } from './refused.ts'
import { writeMessage } from './write-tensors.ts'

export interface ModelDescription {
  readonly name: string
  readonly version: string
  readonly metadata: () => object | Promise<object>
  readonly ready: () => object | Promise<object>
}

/** The Open Inference Protocol, version 2, of one model. */
export function kserveProtocol({ name, version, metadata, ready }: ModelDescription): Protocol {
  const [model, versioned] = [`/v2/models/${name}`, `/v2/models/${name}/versions/${version}`]
  return {
    path: `${model}/infer`,
    otherPaths: [`${versioned}/infer`],
    operation: kserveOperation,
    problem: writeProblem,
    read(request) {
      const inference = readRequest(request)
      return {
        items: [inference],
        answer: ([outputs]) => {
          const { id } = inference
          const fields = {
            model_name: name,
            model_version: version,
            ...(id !== undefined && { id }),
          }
          const chosen = chosenOf(inference, outputs as NamedTensors, name)
          return writeMessage(fields, 'outputs', chosen, inference.isBinary)
        },
      }
    },
    pages: {
      [model]: metadata,
      [versioned]: metadata,
      [`${model}/ready`]: ready,
      [`${versioned}/ready`]: ready,
      '/v2': () => ({ name: 'jitney', version, extensions: ['binary_tensor_data'] }),
      '/v2/health/live': () => ({ live: true }),
      '/v2/health/ready': () => ({ ready: true }),
    },
  }
}

/** The outputs that were asked for, in that order; all, if none was. */
function chosenOf(
  { outputs: asked }: Inference,
  outputs: NamedTensors,
  model: string,
): readonly (readonly [string, NamedTensors[string]])[] {
  if (asked.length === 0) return Object.entries(outputs)
  return asked.map(({ name }) => {
    const tensor = Object.hasOwn(outputs, name) ? outputs[name] : undefined
    if (tensor !== undefined) return [name, tensor] as const
    throw refused(`The model '${model}' has no output '${name}'`)
  })
}
