import { concatTensors, readTensor, splitTensor, type Tensor, type TensorLike } from 'jitney/tensor'
import type { Inference } from './read-request.ts'

export type NamedTensors = Readonly<Record<string, Tensor>>

/** All inputs of a batch, each laid behind each other along the first dimension. */
export function joinInputs(requests: readonly Inference[]): NamedTensors {
  const names = [...requests[0]!.inputs.keys()]
  return Object.fromEntries(
    names.map((name) => [name, concatTensors(requests.map(({ inputs }) => inputs.get(name)!))]),
  )
}

/** What each request gets of the outputs. Throws if one has not as many rows as there are. */
export function splitOutputs(
  outputs: Readonly<Record<string, TensorLike>>,
  requests: readonly Inference[],
): NamedTensors[] {
  const sizes = requests.map(({ rows }) => rows)
  const total = sizes.reduce((sum, rows) => sum + rows, 0)
  const parts = requests.map((): Record<string, Tensor> => ({}))
  for (const [name, output] of Object.entries(outputs)) {
    const tensor = readTensor(output, {}, name)
    if (tensor.shape[0] !== total) {
      throw new TypeError(
        `Cannot split output '${name}': expected ${total} rows, received the shape [${tensor.shape.join(', ')}]`,
      )
    }
    for (const [place, part] of splitTensor(tensor, sizes).entries()) parts[place]![name] = part
  }
  return parts
}
